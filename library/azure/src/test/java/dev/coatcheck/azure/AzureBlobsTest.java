package dev.coatcheck.azure;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On Azurite. Replaced are blobs of two blocks too: readers and writers of one key meet there. */
class AzureBlobsTest extends BlobsContract {
    @RegisterExtension
    final Containers containers = new Containers();

    @Override
    public Blobs blobs() {
        return containers.fresh().blobs();
    }

    @Override
    public Set<BlobCapability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(BlobCapability.OVERLAPPING_WRITES));
    }
}
