package dev.coatcheck.state.leases;

import dev.coatcheck.state.StoredText;
import java.time.Duration;

/**
 * How leases are held.
 *
 * @param holder what this process calls itself, for people: {@code "web.1"}. At most {@value #MAX_HOLDER_BYTES} bytes of
 *     UTF-8, of characters that every store takes
 * @param duration how long a lease outlives a holder that has died; 30 seconds by default, from 100 milliseconds to a
 *     day. It is renewed three times as often. At least three times what the store's own time-out is, or one answer that
 *     does not come costs the lease
 */
public record LeaseSettings(String holder, Duration duration) {

    /** The longest name of a holder, in bytes of UTF-8. */
    public static final int MAX_HOLDER_BYTES = 256;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);

    public LeaseSettings {
        StoredText.require("the holder of a lease", holder);
        int bytes = StoredText.utf8Length(holder);
        if (bytes < 1 || bytes > MAX_HOLDER_BYTES) {
            throw new IllegalArgumentException(
                    "the holder of a lease has a name of 1 to %d bytes, not of %d".formatted(MAX_HOLDER_BYTES, bytes));
        }
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a lease lasts from %s to %s unless it is renewed, not %s".formatted(SHORTEST, LONGEST, duration));
        }
    }

    /** Thirty seconds, held by somebody of this name. */
    public static LeaseSettings heldBy(String holder) {
        return new LeaseSettings(holder, Duration.ofSeconds(30));
    }

    public LeaseSettings withDuration(Duration duration) {
        return new LeaseSettings(holder, duration);
    }
}
