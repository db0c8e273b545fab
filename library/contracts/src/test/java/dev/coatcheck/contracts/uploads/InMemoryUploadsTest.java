package dev.coatcheck.contracts.uploads;

import dev.coatcheck.contracts.blobs.InMemoryBlobs;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;
import java.time.InstantSource;

class InMemoryUploadsTest extends UploadsContract {
    private final InMemoryBlobs blobs = new InMemoryBlobs(InstantSource.system());
    private final InMemoryUploadStore store = new InMemoryUploadStore(blobs, InstantSource.system());

    @Override
    public UploadStore store() {
        return store;
    }

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public void clearAway() {
        while (store.sweep(10) > 0) {}
    }

    @Override
    public long held() {
        return (long) store.size() + blobs.list("", "", 1000).size();
    }
}
