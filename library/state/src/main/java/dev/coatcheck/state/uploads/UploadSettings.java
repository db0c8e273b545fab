package dev.coatcheck.state.uploads;

import java.time.Duration;

/**
 * How uploads are kept.
 *
 * @param lease how long a writer may go without anything to keep before another may take its place: how long the death of a
 *     process can hold up an upload. Longer than the store takes to keep a chunk; 5 seconds by default, from 100
 *     milliseconds to 10 minutes
 * @param expiry how long an upload is kept after its last byte came, and what is known of it after it was finished; 24
 *     hours by default, no less than the lease
 */
public record UploadSettings(Duration lease, Duration expiry) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(10);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final UploadSettings DEFAULTS = new UploadSettings(Duration.ofSeconds(5), Duration.ofHours(24));

    public UploadSettings {
        if (lease.compareTo(SHORTEST) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("a writer's lease lasts from %s to %s without progress, not %s"
                    .formatted(SHORTEST, LONGEST_LEASE, lease));
        }
        if (expiry.compareTo(SHORTEST) < 0 || expiry.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "an upload is kept from %s to %s, not %s".formatted(SHORTEST, LONGEST, expiry));
        }
        if (expiry.compareTo(lease) < 0) {
            throw new IllegalArgumentException(
                    "an upload that is kept for %s could expire under a writer whose lease is %s: set a shorter lease before"
                            .formatted(expiry, lease));
        }
    }

    public static UploadSettings defaults() {
        return DEFAULTS;
    }

    public UploadSettings withLease(Duration lease) {
        return new UploadSettings(lease, expiry);
    }

    public UploadSettings withExpiry(Duration expiry) {
        return new UploadSettings(lease, expiry);
    }
}
