package dev.coatcheck.state.blobs;

import java.time.Duration;

/**
 * Leave to fetch or store one blob directly at the store, without a byte of it passing through a process: what a browser is
 * given. Adapters of stores that can check such leave give this out beside {@link Blobs}.
 *
 * <p>It is a request that is signed here and now. Nothing is asked of the store, which checks the signature, the time and
 * what else was signed when the request comes. Whoever has the URL has the leave, until it expires, as often as they like;
 * it cannot be taken back. Leave that was signed with credentials of a shorter life ends with them.
 *
 * <p>What a store cannot check of such leave, its adapter says: on some a sender is not held to the type and the length.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a key that is none and for a time that is none or longer than
 * seven days. Thread-safe. No round trips.
 *
 * <pre>{@code
 * // to the browser, which sends exactly these bytes with exactly these headers:
 * var leave = presigned.put("photos/42", PresignedPut.of("image/jpeg", size).onlyIfAbsent(), Duration.ofMinutes(15));
 * // and afterwards, since only the store has seen them:
 * var stored = blobs.stat("photos/42");
 * }</pre>
 */
public interface PresignedBlobs {

    /** Leave to fetch a blob, whole or in ranges. */
    PresignedRequest get(String key, Duration expiry);

    /**
     * Leave to store a blob of one type and one length. What the bytes are is known to no process then: look at what came
     * before it is used.
     *
     * @throws UnsupportedOperationException where {@code put} is to store only if there is none, and the adapter does not
     *     declare {@link BlobCapability#SOLE_CREATION}; and where it has a SHA-256 that the store could not check
     */
    PresignedRequest put(String key, PresignedPut put, Duration expiry);
}
