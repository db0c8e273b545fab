package dev.coatcheck.postgres;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.Blobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresBlobsTest extends BlobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public Blobs blobs() {
        return databases.empty().blobs();
    }
}
