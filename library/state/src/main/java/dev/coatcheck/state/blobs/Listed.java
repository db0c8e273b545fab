package dev.coatcheck.state.blobs;

import java.time.Instant;

/**
 * What a list tells of a blob, on every store alike.
 *
 * @param key its name
 * @param size in bytes
 * @param etag as in {@link Blob}
 * @param storedAt as in {@link Blob}
 */
public record Listed(String key, long size, String etag, Instant storedAt) {}
