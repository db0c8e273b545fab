package dev.coatcheck.state.idempotency;

import java.time.Duration;

/** What there is to do about a request that may have come before. */
public sealed interface ClaimResult {

    /** It is the caller's to do, and then to {@linkplain Idempotency#record record} or to abandon. */
    record Claimed(Claim claim) implements ClaimResult {}

    /**
     * It was done before.
     *
     * @param response what was recorded then
     */
    record Completed(String response) implements ClaimResult {}

    /**
     * Somebody is at it.
     *
     * @param atMost after how long it may be claimed anew, should that one have died; zero where that is just being
     *     decided
     */
    record InProgress(Duration atMost) implements ClaimResult {}

    /** The key came before with something else: a mistake of the client, and nothing was changed. */
    record Mismatch() implements ClaimResult {}
}
