package dev.coatcheck.state.jobs;

import java.time.Duration;

/**
 * How often a job is tried. After the n-th failure it waits {@code firstDelay · 2ⁿ⁻¹}, at the most {@code maxDelay},
 * half of it fixed and half of it random, so that jobs that failed together do not come back together.
 *
 * @param maxAttempts how often it is tried in all; an attempt whose worker died counts. 10 by default
 * @param firstDelay 1 second by default
 * @param maxDelay 1 hour by default
 */
public record Retry(int maxAttempts, Duration firstDelay, Duration maxDelay) {
    private static final Retry DEFAULTS = new Retry(10, Duration.ofSeconds(1), Duration.ofHours(1));

    public Retry {
        if (maxAttempts < 1 || firstDelay.isNegative() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException(
                    "a job is tried at least once, with delays from 0 up: %d attempts, %s to %s"
                            .formatted(maxAttempts, firstDelay, maxDelay));
        }
    }

    public static Retry defaults() {
        return DEFAULTS;
    }

    /** One attempt and no more. */
    public static Retry never() {
        return DEFAULTS.withMaxAttempts(1);
    }

    public Retry withMaxAttempts(int maxAttempts) {
        return new Retry(maxAttempts, firstDelay, maxDelay);
    }

    public Retry withDelays(Duration firstDelay, Duration maxDelay) {
        return new Retry(maxAttempts, firstDelay, maxDelay);
    }

    /**
     * How long a job waits after a failure.
     *
     * @param attempt which attempt failed, from 1
     * @param random from 0 (inclusive) to 1
     */
    public Duration delayAfter(int attempt, double random) {
        double grown = firstDelay.toMillis() * Math.pow(2, Math.min(attempt - 1, 62));
        double bounded = Math.min(grown, (double) maxDelay.toMillis());
        return Duration.ofMillis((long) (bounded / 2 + bounded / 2 * random));
    }
}
