package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.MEBIBYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Blobs} passes whose store several processes can reach: a JVM with little memory, large blobs. */
public abstract class LargeBlobsContract {
    private static final int SMALL_HEAP = 64;

    /** The blobs under test, in this JVM. */
    protected abstract Blobs blobs();

    /** How another JVM gets at the same blobs. */
    protected abstract Class<? extends StoreFactory<Blobs>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void a_blob_that_is_larger_than_the_heap_passes_through_it_both_ways() {
        passThroughSmallHeap(72L * MEBIBYTE);
    }

    @Test
    @Tag("long")
    void a_blob_of_a_gibibyte_passes_through_a_heap_of_64_MiB() {
        passThroughSmallHeap(1024L * MEBIBYTE);
    }

    private void passThroughSmallHeap(long size) {
        var blobs = blobs();
        try (var peer =
                Peer.startWithHeap(SMALL_HEAP, factory(), url(), BlobActions.PassThrough.class, "large", "" + size)) {
            var expected = peer.hear(BlobActions.LARGE_PATIENCE);
            assertThat(peer.hear(BlobActions.LARGE_PATIENCE)).isEqualTo(expected);
            assertThat(peer.hear(BlobActions.LARGE_PATIENCE)).isEqualTo(expected);
            peer.awaitSuccess();
        }
        assertThat(blobs.stat("large").orElseThrow().size()).isEqualTo(size);
    }
}
