package dev.coatcheck.s3;

import static java.util.Objects.requireNonNull;

import dev.coatcheck.contracts.uploads.UploadsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a store that replaces an object only where it is what was seen. */
class S3UploadsTest extends UploadsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    private @Nullable S3 s3;
    private @Nullable UploadStore store;

    @Override
    public UploadStore store() {
        var fresh = buckets.freshThatDecides();
        s3 = fresh;
        store = fresh.uploadStore();
        return store;
    }

    @Override
    public Blobs blobs() {
        return requireNonNull(s3).blobs();
    }

    @Override
    public void clearAway() {
        requireNonNull(store).sweep(1_000);
        requireNonNull(s3).abortUploads(Duration.ZERO);
    }

    @Override
    public long held() {
        return buckets.held();
    }
}
