package dev.coatcheck.postgres;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.contracts.uploads.SharedUploadsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresUploadsTest extends SharedUploadsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.fresh();

    @Override
    protected UploadStore store() {
        return postgres.uploadStore();
    }

    @Override
    protected Blobs blobs() {
        return postgres.blobs();
    }

    @Override
    protected Class<? extends StoreFactory<UploadStore>> factory() {
        return Factories.OfUploads.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
