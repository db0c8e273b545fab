package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.MEBIBYTE;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.assertAbsent;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.open;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.readText;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.ReadOptions;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Blobs} passes whose store several processes can reach: two JVMs, one of them killed. */
public abstract class SharedBlobsContract extends LargeBlobsContract {
    @Test
    void what_another_process_stores_is_there_from_the_moment_it_says_so() throws IOException {
        var blobs = blobs();
        try (var peer = Peer.start(factory(), url(), BlobActions.Put.class, "a", "7", "" + 3 * MEBIBYTE)) {
            var sha256 = peer.hear();
            try (var found = open(blobs, "a", ReadOptions.whole())) {
                assertThat(found.blob().size()).isEqualTo(3 * MEBIBYTE);
                assertThat(GeneratedStream.sha256(found.content())).isEqualTo(sha256);
            }
            peer.awaitSuccess();
        }
    }

    @Test
    void a_writer_that_is_killed_in_the_middle_leaves_nothing_that_a_reader_can_see() {
        var blobs = blobs();
        put(blobs, "there", "old");
        for (var key : new String[] {"new", "there"}) {
            try (var peer = Peer.start(factory(), url(), BlobActions.PutForEver.class, key)) {
                assertThat(peer.hear()).isEqualTo("written");
                peer.kill();
            }
        }

        assertAbsent(blobs, "new");
        assertThat(readText(blobs, "there")).isEqualTo("old");
        put(blobs, "new", "whole");
        assertThat(readText(blobs, "new")).isEqualTo("whole");
    }

    @Test
    void what_a_process_was_told_is_stored_outlives_its_being_killed() {
        var blobs = blobs();
        try (var peer = Peer.start(factory(), url(), BlobActions.PutMany.class)) {
            for (int i = 0; i < 20; i++) {
                assertThat(peer.hear()).isEqualTo("" + i);
            }
            peer.kill();
        }

        for (int i = 0; i < 20; i++) {
            assertThat(readText(blobs, "" + i)).isEqualTo("content of " + i);
        }
    }
}
