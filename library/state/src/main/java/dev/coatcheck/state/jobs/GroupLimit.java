package dev.coatcheck.state.jobs;

import java.time.Duration;

/**
 * What a group of jobs may have of the workers. Kept by the store and the same for all of them.
 *
 * <pre>{@code
 * jobs.limitGroups("mail", GroupLimit.none().withConcurrency(2).withRate(100, Duration.ofMinutes(1)));
 * }</pre>
 *
 * @param concurrency how many of its jobs run at once, in all processes; {@link #UNLIMITED} by default
 * @param starts how many are started in a window; {@link #UNLIMITED} by default. An attempt that is given back counts
 * @param window how long that is, from 1 ms to 366 days: after a rest all its starts may come at once, and then one
 *     after each {@code window / starts}
 */
public record GroupLimit(int concurrency, int starts, Duration window) {
    /** No limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(1);
    private static final Duration LONGEST_WINDOW = Duration.ofDays(366);
    private static final GroupLimit NONE = new GroupLimit(UNLIMITED, UNLIMITED, Duration.ofSeconds(1));

    public GroupLimit {
        if (concurrency < 1
                || starts < 1
                || window.compareTo(SHORTEST_WINDOW) < 0
                || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "a group may run at least one job, and start at least one in a window of 1 ms to 366 days: %d at once, %d in %s"
                            .formatted(concurrency, starts, window));
        }
    }

    /** Takes turns with the others, and that is all. */
    public static GroupLimit none() {
        return NONE;
    }

    public GroupLimit withConcurrency(int concurrency) {
        return new GroupLimit(concurrency, starts, window);
    }

    public GroupLimit withRate(int starts, Duration window) {
        return new GroupLimit(concurrency, starts, window);
    }
}
