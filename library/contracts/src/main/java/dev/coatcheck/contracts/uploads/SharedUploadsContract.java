package dev.coatcheck.contracts.uploads;

import static dev.coatcheck.contracts.uploads.UploadsUnderTest.HASTY;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.MEBIBYTE;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.PATIENT;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.append;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.read;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.AppendResult.Busy;
import dev.coatcheck.state.uploads.FinishResult.Stored;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore;
import dev.coatcheck.state.uploads.Uploads;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every adapter of uploads passes whose store several processes can reach: JVMs that are killed and stopped. */
public abstract class SharedUploadsContract {
    private static final String KEY = "films/1";
    private static final int SIZE = 8 * MEBIBYTE + 77;
    private static final int SMALL_HEAP = 64;

    /** How long a large upload may take. */
    private static final Duration LARGE_PATIENCE = Duration.ofMinutes(4);

    /** The store under test, in this JVM. */
    protected abstract UploadStore store();

    /** Where finished uploads become blobs. */
    protected abstract Blobs blobs();

    /** How another JVM gets at the same store. */
    protected abstract Class<? extends StoreFactory<UploadStore>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    /** How much of what came a process that is killed may lose: a chunk. */
    protected long mayLose() {
        return MEBIBYTE;
    }

    @Test
    void an_upload_is_begun_by_one_process_half_sent_by_another_that_is_killed_and_finished_by_others() {
        var uploads = new Uploads(store(), HASTY);
        var content = GeneratedStream.bytes(7, SIZE);
        int sent = SIZE - 5 * MEBIBYTE / 2;
        var id = begun();
        try (var peer = startAppending(id, sent, HASTY)) {
            assertThat(peer.hear()).isEqualTo("in the middle");
            peer.kill();
        }

        long offset = uploads.find(id).orElseThrow().offset();
        assertThat(offset).isBetween(sent - mayLose(), (long) sent);
        Writing.awaitAppended(uploads, id, offset, Arrays.copyOfRange(content, (int) offset, SIZE));
        try (var peer = start(UploadActions.FinishIt.class, id.text())) {
            assertThat(peer.hear()).isEqualTo(sha256(content));
            peer.awaitSuccess();
        }
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @Test
    void a_process_that_was_stopped_for_too_long_is_superseded_and_keeps_nothing_more() {
        var uploads = new Uploads(store(), HASTY);
        var content = GeneratedStream.bytes(8, SIZE);
        var id = begun();
        try (var peer = startAppending(id, MEBIBYTE / 2, HASTY)) {
            peer.hear();
            peer.pause();
            long offset = uploads.find(id).orElseThrow().offset();
            Writing.awaitAppended(uploads, id, offset, Arrays.copyOfRange(content, (int) offset, SIZE));
            peer.resume();
            peer.say("go on");

            assertThat(peer.hear()).isEqualTo("Superseded");
            peer.awaitSuccess();
        }
        assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
        var kept = read(blobs(), KEY);
        assertThat(Arrays.copyOfRange(kept, MEBIBYTE / 2, SIZE))
                .isEqualTo(Arrays.copyOfRange(content, MEBIBYTE / 2, SIZE));
    }

    @Test
    void while_one_process_writes_another_is_told_so() {
        var uploads = new Uploads(store(), PATIENT);
        var id = begun();
        try (var peer = startAppending(id, 3 * MEBIBYTE, PATIENT)) {
            peer.hear();
            assertThat(append(uploads, id, 0, new byte[1])).isInstanceOf(Busy.class);
            peer.say("go on");

            assertThat(peer.hear()).isEqualTo("Appended");
            peer.awaitSuccess();
        }
        assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
        assertThat(read(blobs(), KEY)).isEqualTo(GeneratedStream.bytes(7, SIZE));
    }

    @Test
    void an_upload_that_is_larger_than_the_heap_passes_through_it() {
        passThroughSmallHeap(96L * MEBIBYTE);
    }

    @Test
    @Tag("long")
    void an_upload_of_a_gibibyte_passes_through_a_heap_of_64_MiB() {
        passThroughSmallHeap(1024L * MEBIBYTE);
    }

    private void passThroughSmallHeap(long size) {
        var blobs = blobs();
        try (var peer =
                Peer.startWithHeap(SMALL_HEAP, factory(), url(), UploadActions.PassThrough.class, "large", "" + size)) {
            var expected = peer.hear();
            assertThat(peer.hear(LARGE_PATIENCE)).isEqualTo(expected);
            peer.awaitSuccess();
        }
        assertThat(blobs.stat("large").orElseThrow().size()).isEqualTo(size);
    }

    private UploadId begun() {
        try (var peer = start(UploadActions.Begin.class, KEY, "" + SIZE)) {
            var id = new UploadId(peer.hear());
            peer.awaitSuccess();
            return id;
        }
    }

    /** A peer that waits when it has sent so many bytes. */
    private Peer startAppending(UploadId id, int sent, UploadSettings settings) {
        return start(
                UploadActions.AppendAndWait.class,
                id.text(),
                "7",
                "" + sent,
                "" + SIZE,
                settings.lease().toString());
    }

    private Peer start(Class<? extends PeerAction<UploadStore>> action, String... arguments) {
        return Peer.start(factory(), url(), action, arguments);
    }
}
