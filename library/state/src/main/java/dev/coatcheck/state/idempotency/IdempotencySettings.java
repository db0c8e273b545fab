package dev.coatcheck.state.idempotency;

import java.time.Duration;

/**
 * How long requests are remembered.
 *
 * @param lease how long a claim is its claimant's unless it is {@linkplain Idempotency#renew renewed}: after that a repeated
 *     request is run beside it. No longer than a client should have to wait after a process has died; and several times
 *     what the store may be away for, since a request that takes longer can't renew its claim meanwhile. One minute by
 *     default
 * @param keep how long a response is given again; 24 hours by default
 * @param maxResponseBytes the largest response, in bytes of UTF-8; 1 MiB by default
 */
public record IdempotencySettings(Duration lease, Duration keep, int maxResponseBytes) {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final IdempotencySettings DEFAULTS =
            new IdempotencySettings(Duration.ofMinutes(1), Duration.ofHours(24), 1 << 20);

    public IdempotencySettings {
        if (lease.toMillis() < 1
                || keep.toMillis() < 1
                || lease.compareTo(LONGEST) > 0
                || keep.compareTo(LONGEST) > 0
                || maxResponseBytes < 1) {
            throw new IllegalArgumentException(
                    "requests are leased and kept from a millisecond to %s, with responses of at least a byte: %s, %s, %d bytes"
                            .formatted(LONGEST, lease, keep, maxResponseBytes));
        }
    }

    public static IdempotencySettings defaults() {
        return DEFAULTS;
    }

    public IdempotencySettings withLease(Duration lease) {
        return new IdempotencySettings(lease, keep, maxResponseBytes);
    }

    public IdempotencySettings withKeep(Duration keep) {
        return new IdempotencySettings(lease, keep, maxResponseBytes);
    }

    public IdempotencySettings withMaxResponseBytes(int maxResponseBytes) {
        return new IdempotencySettings(lease, keep, maxResponseBytes);
    }
}
