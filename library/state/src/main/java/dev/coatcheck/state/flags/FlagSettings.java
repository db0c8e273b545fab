package dev.coatcheck.state.flags;

import java.time.Duration;

/**
 * How flags are kept up to date.
 *
 * @param poll how often the store is asked for changes that nobody told of: so old are flags at the most, while the store
 *     answers. 10 seconds by default, from 100 milliseconds to an hour
 */
public record FlagSettings(Duration poll) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final FlagSettings DEFAULTS = new FlagSettings(Duration.ofSeconds(10));

    public FlagSettings {
        if (poll.compareTo(SHORTEST) < 0 || poll.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "flags are asked for every %s to %s, not every %s".formatted(SHORTEST, LONGEST, poll));
        }
    }

    public static FlagSettings defaults() {
        return DEFAULTS;
    }

    public FlagSettings withPoll(Duration poll) {
        return new FlagSettings(poll);
    }
}
