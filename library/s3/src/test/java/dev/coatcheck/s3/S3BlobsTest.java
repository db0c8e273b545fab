package dev.coatcheck.s3;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On S3Proxy, which keeps objects as files. */
class S3BlobsTest extends BlobsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    @Override
    public Blobs blobs() {
        return buckets.fresh().blobs();
    }

    @Override
    public Set<BlobCapability> capabilities() {
        return Set.of(BlobCapability.OVERLAPPING_WRITES);
    }
}
