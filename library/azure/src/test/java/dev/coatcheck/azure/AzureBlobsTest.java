package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
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

    @Test
    void metadata_of_eight_kibibytes_is_kept_and_more_is_refused() throws IOException {
        var blobs = containers.fresh().blobs();
        // Beside it there are its name, the entry's, the form's version, the checksum, and what stands in between.
        var most = "x".repeat(8_192 - 81);
        var kept = PutOptions.defaults().withMetadata(Map.of("name", most));
        var tooMuch = PutOptions.defaults().withMetadata(Map.of("name", most + "x"));

        assertThat(blobs.put("a", InputStream.nullInputStream(), kept)).isInstanceOf(Stored.class);
        assertThat(blobs.stat("a").orElseThrow().metadata()).isEqualTo(kept.metadata());
        assertThatThrownBy(() -> blobs.put("a", InputStream.nullInputStream(), tooMuch))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
