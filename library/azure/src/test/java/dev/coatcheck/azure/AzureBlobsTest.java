package dev.coatcheck.azure;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * On Azurite, with blobs of one block and of several. Those that are replaced while they are read have one: of others Azurite
 * may tell of the next, as it changes what it knows in place.
 */
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
