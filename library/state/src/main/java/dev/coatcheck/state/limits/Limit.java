package dev.coatcheck.state.limits;

import java.time.Duration;

/**
 * How often something may happen: a burst of {@code permits}, which grows back evenly over {@code window}.
 *
 * @param name tells this limit from others for the same key; short and stable, since it is part of what the store keeps
 * @param permits how many may be spent at once
 * @param window how long it takes until all of them are back
 */
public record Limit(String name, long permits, Duration window) {

    /** The longest window; a store keeps a key no longer than this. */
    public static final Duration MAX_WINDOW = Duration.ofDays(366);

    /** The most permits: with {@link #MAX_WINDOW} this keeps the arithmetic of every store exact. */
    public static final long MAX_PERMITS = 1_000_000_000;

    public Limit {
        if (name.isEmpty()
                || permits < 1
                || permits > MAX_PERMITS
                || !window.isPositive()
                || window.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "a limit has a name, 1 to %d permits and a window of up to %s: \"%s\", %d, %s"
                            .formatted(MAX_PERMITS, MAX_WINDOW, name, permits, window));
        }
        if (window.toNanos() / 1_000 < permits) {
            throw new IllegalArgumentException("limit \"%s\" gives back more than one permit a microsecond: %d in %s"
                    .formatted(name, permits, window));
        }
    }

    /** {@code Limit.of("login", 5, Duration.ofMinutes(15))}: five in fifteen minutes. */
    public static Limit of(String name, long permits, Duration window) {
        return new Limit(name, permits, window);
    }

    /** Spending one permit of this limit for a key. */
    public Ask on(String key) {
        return new Ask(this, key, 1);
    }
}
