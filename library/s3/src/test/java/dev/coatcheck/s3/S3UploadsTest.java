package dev.coatcheck.s3;

import dev.coatcheck.contracts.uploads.UploadsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a store that replaces an object only where it is what was seen. */
class S3UploadsTest extends UploadsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    private S3 s3;
    private UploadStore store;

    @Override
    public UploadStore store() {
        s3 = buckets.freshThatDecides();
        store = s3.uploadStore();
        return store;
    }

    @Override
    public Blobs blobs() {
        return s3.blobs();
    }

    @Override
    public void clearAway() {
        store.sweep(1_000);
        s3.abortUploads(Duration.ZERO);
    }

    @Override
    public long held() {
        return buckets.held();
    }
}
