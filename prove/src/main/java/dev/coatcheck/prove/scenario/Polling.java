package dev.coatcheck.prove.scenario;

import java.time.Duration;

/**
 * How a step waits for what happens later, as a worker's job: its request is repeated until the response is as expected.
 *
 * @param retries how often it is repeated at most; 0 sends it once
 * @param interval the wait between two requests
 */
public record Polling(int retries, Duration interval) {
    public static final int MOST_RETRIES = 10_000;
    public static final Duration LONGEST_INTERVAL = Duration.ofMinutes(10);

    /** The request is sent once. */
    public static final Polling NONE = new Polling(0, Duration.ofSeconds(1));

    /** For so much longer, where it repeats its request at all. */
    public Polling longerBy(Duration more) {
        if (retries == 0) {
            return this;
        }
        long all = retries + more.dividedBy(interval.plusMillis(1)) + 1;
        return new Polling((int) Math.min(all, MOST_RETRIES), interval);
    }

    public Polling {
        if (retries < 0 || retries > MOST_RETRIES) {
            throw new IllegalArgumentException("retries are 0 to " + MOST_RETRIES + ", not " + retries);
        }
        if (interval.isNegative() || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw new IllegalArgumentException("an interval is 0 to " + LONGEST_INTERVAL + ", not " + interval);
        }
    }
}
