package dev.coatcheck.azure;

import dev.coatcheck.contracts.blobs.SharedBlobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What of it is its own, {@link LargeAzureBlobsTest} shows; the rest is of the store, which is not of this process anyway. */
@Tag("long")
class SharedAzureBlobsTest extends SharedBlobsContract {
    @RegisterExtension
    final Containers containers = new Containers();

    @Override
    protected Blobs blobs() {
        return containers.fresh().blobs();
    }

    @Override
    protected Class<? extends StoreFactory<Blobs>> factory() {
        return AttachedBlobs.class;
    }

    @Override
    protected String url() {
        return containers.url();
    }
}
