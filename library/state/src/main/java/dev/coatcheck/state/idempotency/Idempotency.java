package dev.coatcheck.state.idempotency;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;

/**
 * The port for idempotency: a request that is sent again, because its answer was lost, is not run again, whichever
 * process it meets.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>Of all who claim a key, one has it at a time. The others learn that it is in progress, or get the response that
 *       was recorded.
 *   <li>A key that comes with another fingerprint than before is a {@link ClaimResult.Mismatch}, for as long as the key is
 *       remembered.
 *   <li>A claimant that dies loses its claim when the lease ends, and the next one to ask takes it over, with a greater
 *       token. The first one, should it only have been slow, can no longer record anything. What it does elsewhere is
 *       its own affair: do it in one transaction with the recording where the store is the application's own database
 *       (on PostgreSQL), or hand the token on as a fence, or be content with "at least once" for a claimant that took
 *       longer than its lease and did not {@linkplain #renew renew} it.
 *   <li>A response is kept for {@link IdempotencySettings#keep()}, and after that the key is new.
 * </ul>
 *
 * <p>Keys, fingerprints and responses are {@linkplain StoredText text that every store takes}, a key of 1 to
 * {@value #MAX_KEY_BYTES} bytes of UTF-8, a fingerprint of at most {@value #MAX_FINGERPRINT_BYTES}; others are an
 * {@link IllegalArgumentException}. Whoever chooses the key can ask for its response: make the user a part of it.
 *
 * <p>Cost: each method is one round trip. Each throws {@link BackingServiceException} where the store cannot be reached
 * or does not answer in time; whether it took effect is unknown then. Thread-safe.
 *
 * <pre>{@code
 * switch (idempotency.claim(user + ":" + key, sha256(body))) {
 *     case Claimed(var claim) -> {
 *         try {
 *             var receipt = pay(body);
 *             idempotency.record(claim, receipt);
 *             return receipt;
 *         } catch (PaymentFailedException e) {
 *             idempotency.abandon(claim);
 *             throw e;
 *         }
 *     }
 *     case Completed(var receipt) -> { return receipt; }
 *     case InProgress(var atMost) -> throw new ConflictException(atMost);
 *     case Mismatch() -> throw new UnprocessableException();
 * }
 * }</pre>
 */
public interface Idempotency {

    /** The longest key, in bytes of UTF-8. */
    int MAX_KEY_BYTES = 512;

    /** The longest fingerprint, in bytes of UTF-8. */
    int MAX_FINGERPRINT_BYTES = 256;

    /**
     * Asks to do what a key stands for.
     *
     * @param fingerprint of the request, the same whenever it is the same request: a digest
     */
    ClaimResult claim(String key, String fingerprint);

    /**
     * Makes a claim last for another lease from now: for what takes longer than one. Renew at a third of the lease, as the
     * servlet filter does. A claim whose lease has ended is had again, where nobody took it over.
     *
     * @return whether it is the caller's still; false too where a response was recorded
     */
    boolean renew(Claim claim);

    /**
     * Keeps the response, and ends the claim. Doing it again with the same response is harmless.
     *
     * @param response for whoever asks again; not secret from anybody who may use the key
     */
    RecordResult record(Claim claim, String response);

    /**
     * Gives a claim back, so that the key is as if it had never come: for a request that had no effect. Nothing happens
     * where the claim is the caller's no longer or a response was recorded.
     */
    void abandon(Claim claim);

    /** How long requests are remembered here. No round trip. */
    IdempotencySettings settings();

    /** Refuses what is no key or no fingerprint; for adapters. */
    static void require(String key, String fingerprint) {
        StoredText.require("an idempotency key", key);
        StoredText.require("the fingerprint of a request", fingerprint);
        int keyBytes = StoredText.utf8Length(key);
        int fingerprintBytes = StoredText.utf8Length(fingerprint);
        if (keyBytes < 1 || keyBytes > MAX_KEY_BYTES || fingerprintBytes > MAX_FINGERPRINT_BYTES) {
            throw new IllegalArgumentException(
                    "an idempotency key has 1 to %d bytes and a fingerprint at most %d, not %d and %d: use a digest where they are longer"
                            .formatted(MAX_KEY_BYTES, MAX_FINGERPRINT_BYTES, keyBytes, fingerprintBytes));
        }
    }
}
