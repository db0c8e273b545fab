package dev.coatcheck.formation.supervision;

import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * How long to wait before something that ended is started again: hardly at all the first time, then 1 s, doubling up to
 * 60 s, each made up to a quarter longer at random so that what died together does not come back together. Whoever was
 * well for a minute begins anew. For use by one thread.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final Duration WELL = Duration.ofSeconds(60);

    /** From this many ends in a row on one speaks of a loop. */
    private static final int LOOP = 3;

    private final RandomGenerator random;
    private int failures;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The wait after another end.
     *
     * @param wellFor how long it had been well before
     */
    public Duration afterEnd(Duration wellFor) {
        failures = wellFor.compareTo(WELL) >= 0 ? 1 : failures + 1;
        if (failures == 1) {
            return FIRST;
        }
        long seconds = SECOND.toSeconds() << Math.min(failures - 2, 6);
        Duration jittered = Duration.ofMillis((long) (seconds * 1000 * (1 + random.nextDouble() / 4)));
        return jittered.compareTo(MOST) > 0 ? MOST : jittered;
    }

    /**
     * The wait after another end of what had been ready and done its work: a second at most. The longer waits spare the machine
     * what never comes up; of this, each start brings service back.
     *
     * @param wellFor how long it had been well before
     */
    public Duration afterService(Duration wellFor) {
        Duration wait = afterEnd(wellFor);
        return wait.compareTo(SECOND) > 0 ? SECOND : wait;
    }

    /** A wait for people: {@code 1.1 s}. */
    public static String inWords(Duration wait) {
        return String.format(Locale.ROOT, "%.1f s", wait.toMillis() / 1000.0);
    }

    /** How many times in a row it ended without having been well for a minute. */
    public int failures() {
        return failures;
    }

    public boolean isLoop() {
        return failures >= LOOP;
    }
}
