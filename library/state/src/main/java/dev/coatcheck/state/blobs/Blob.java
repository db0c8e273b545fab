package dev.coatcheck.state.blobs;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a blob besides its bytes.
 *
 * @param key its name
 * @param size in bytes
 * @param contentType as given when it was stored
 * @param etag changes whenever the bytes do; without quotes
 * @param sha256 of its bytes, in lower-case hexadecimal; empty where the store does not hold it: see
 *     {@link BlobCapability#CHECKSUMS}. What {@link Blobs#put} returns always has it
 * @param storedAt when it was stored, by the store's clock; an object store counts in seconds, and some of them from the
 *     upload's beginning
 * @param metadata as given when it was stored
 */
public record Blob(
        String key,
        long size,
        String contentType,
        String etag,
        Optional<String> sha256,
        Instant storedAt,
        Map<String, String> metadata) {
    public Blob {
        metadata = Map.copyOf(metadata);
    }
}
