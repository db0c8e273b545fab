package dev.coatcheck.s3;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a store that takes any key and decides who is first, as Amazon's does. */
class S3MockBlobsTest extends BlobsContract {
    @RegisterExtension
    final Buckets buckets = new Buckets();

    @Override
    public Blobs blobs() {
        return buckets.freshThatDecides().blobs();
    }

    @Override
    public Set<BlobCapability> capabilities() {
        return Set.of(BlobCapability.SOLE_CREATION, BlobCapability.OVERLAPPING_WRITES, BlobCapability.ALL_KEYS);
    }
}
