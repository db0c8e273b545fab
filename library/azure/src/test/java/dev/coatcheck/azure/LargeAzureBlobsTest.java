package dev.coatcheck.azure;

import dev.coatcheck.contracts.blobs.LargeBlobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class LargeAzureBlobsTest extends LargeBlobsContract {
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
