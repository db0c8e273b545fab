package dev.coatcheck.contracts.blobs;

import dev.coatcheck.state.blobs.Blobs;
import java.time.InstantSource;

class InMemoryBlobsTest extends BlobsContract {
    @Override
    public Blobs blobs() {
        return new InMemoryBlobs(InstantSource.system());
    }
}
