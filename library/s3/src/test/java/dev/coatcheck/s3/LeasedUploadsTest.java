package dev.coatcheck.s3;

import static java.util.Objects.requireNonNull;

import dev.coatcheck.contracts.leases.InMemoryLeaseStore;
import dev.coatcheck.contracts.uploads.UploadsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.UploadStore;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a store that ignores conditions, with the leases of another one; in short, {@link DirectUploadsTest} shows that too. */
@Tag("long")
class LeasedUploadsTest extends UploadsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    private final Leases leases = new Leases(new InMemoryLeaseStore(InstantSource.system()), Buckets.LEASES);
    private @Nullable S3 s3;
    private @Nullable UploadStore store;

    @AfterEach
    void close() {
        leases.close();
    }

    @Override
    public UploadStore store() {
        var fresh = buckets.fresh();
        s3 = fresh;
        store = fresh.uploadStore(leases);
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
