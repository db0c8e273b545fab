package dev.coatcheck.postgres;

import dev.coatcheck.contracts.blobs.SharedBlobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresBlobsTest extends SharedBlobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected Blobs blobs() {
        return databases.fresh().blobs();
    }

    @Override
    protected Class<? extends StoreFactory<Blobs>> factory() {
        return Factories.OfBlobs.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
