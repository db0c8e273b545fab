package dev.coatcheck.formation.router;

import java.time.Duration;

/**
 * Tells an event loop when to look away. After it had no processor for a while, or its process was suspended, what came
 * meanwhile lies in the kernel, but its limits would be judged first, and find everybody too slow: it looks a moment later
 * instead. It does not do so twice in a row, or the limits of a loop that is always late would never be kept. For one thread.
 */
final class Stall {
    private final long lateNanos;
    private final long pauseNanos;
    private long lastLook;
    private boolean looksAway;
    private long until;

    /**
     * @param late between two looks
     * @param pause in which what lies in the kernel is read
     * @param now as {@link System#nanoTime}
     */
    Stall(Duration late, Duration pause, long now) {
        this.lateNanos = late.toNanos();
        this.pauseNanos = pause.toNanos();
        this.lastLook = now;
    }

    /** Whether nothing is to be judged by what is known now; to be asked at every look. */
    boolean looksAway(long now) {
        if (now - lastLook > lateNanos && !looksAway) {
            looksAway = true;
            until = now + pauseNanos;
        }
        lastLook = now;
        looksAway = looksAway && now - until < 0;
        return looksAway;
    }
}
