package dev.coatcheck.formation.router;

import java.time.Duration;

/**
 * Whether an instance is trusted with requests. One that refuses a connection, or that fails several requests in a row
 * before it answers them, is avoided, for a time that doubles with each relapse. After that time it is on probation:
 * one request is tried on it, and its answer ends the quarantine.
 *
 * <p>Safe for use by several threads. It is looked at for each request, without a lock; only failures, and the answers
 * of an instance that has failed lately, take one.
 */
final class Quarantine {
    private static final int FAILURES_IN_A_ROW = 3;
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** What a request is to do about an instance. */
    enum Standing {
        TRUSTED,
        ON_PROBATION,
        AVOIDED
    }

    private volatile boolean suspect;
    private volatile boolean out;
    private volatile boolean harmless;
    private volatile long until;
    private volatile long probationUntil;
    private int failures;
    private int relapses;
    private long length;

    /**
     * @param repeatable whether the request could be sent to another instance should this one fail again; one that
     *     could not is no probe, unless all that can happen is that a connection is refused
     */
    Standing standing(long now, boolean repeatable) {
        if (!out) {
            return Standing.TRUSTED;
        }
        if (until - now > 0 || probationUntil - now > 0) {
            return Standing.AVOIDED;
        }
        boolean longAgo = now - until > LONGEST.toNanos();
        return repeatable || harmless || longAgo ? Standing.ON_PROBATION : Standing.AVOIDED;
    }

    /** A request is tried on the instance: no other one is until that is answered, or has taken this long. */
    synchronized void probed(long now) {
        probationUntil = now + length;
    }

    /**
     * The instance failed a request.
     *
     * @param refused whether it refused the connection, which one failure is enough for
     * @param first for how long it is avoided the first time
     * @return for how long it is avoided now; zero where it is not, or was already
     */
    synchronized Duration failed(long now, boolean refused, Duration first) {
        suspect = true;
        failures++;
        boolean alreadyAvoided = out && until - now > 0;
        if (alreadyAvoided || (!out && !refused && failures < FAILURES_IN_A_ROW)) {
            return Duration.ZERO;
        }
        long base = first.toNanos();
        length = Math.min(base << Math.min(relapses, 10), Math.max(base, LONGEST.toNanos()));
        relapses++;
        until = now + length;
        probationUntil = now;
        harmless = refused;
        out = true;
        return Duration.ofNanos(length);
    }

    /** The instance has begun to answer a request. Returns whether that ended its quarantine. */
    boolean answered(long now) {
        return suspect && rehabilitated(now);
    }

    private synchronized boolean rehabilitated(long now) {
        boolean ended = out;
        out = false;
        failures = 0;
        if (now - until > length) {
            // It has done well for longer than it was away.
            relapses = 0;
            suspect = false;
        }
        return ended;
    }
}
