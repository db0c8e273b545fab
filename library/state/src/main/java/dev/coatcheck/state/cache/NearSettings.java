package dev.coatcheck.state.cache;

import java.time.Duration;

/**
 * A near cache: what a process keeps in its own memory of what it has read, so that reading it again costs no round trip.
 *
 * <p>The store tells each process of what was invalidated, at once. For when that way is cut, or leads to a server that is
 * no longer the one, each process sends a beat through the store to itself, three times within {@code staleness}, and
 * serves nothing from its memory when none came back for that long. What it has is dropped whenever the way was made anew.
 *
 * @param maxBytes of memory, about; 16 MiB by default. What was not asked for the longest is dropped first
 * @param staleness how long after an invalidation, at the most, it may still serve what was invalidated: 3 seconds by
 *     default, from 100 milliseconds to a minute. Usually it is the milliseconds that a message takes
 */
public record NearSettings(long maxBytes, Duration staleness) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final NearSettings DEFAULTS = new NearSettings(16 * 1024 * 1024, Duration.ofSeconds(3));

    public NearSettings {
        if (maxBytes < 1 || staleness.compareTo(SHORTEST) < 0 || staleness.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a near cache has room for a byte and is stale for %s to %s at the most, not: %d bytes, %s"
                            .formatted(SHORTEST, LONGEST, maxBytes, staleness));
        }
    }

    public static NearSettings defaults() {
        return DEFAULTS;
    }

    public NearSettings withMaxBytes(long maxBytes) {
        return new NearSettings(maxBytes, staleness);
    }

    public NearSettings withStaleness(Duration staleness) {
        return new NearSettings(maxBytes, staleness);
    }
}
