package dev.coatcheck.memcached;

import java.time.Duration;
import java.time.Instant;

/**
 * The server's clock, as far as a process can know it: the server tells whole seconds, and between two readings this
 * process counts on. Processes agree on it within a second, whatever their own clocks say.
 */
final class StoreClock {
    private static final long READING_LASTS = Duration.ofMinutes(10).toNanos();

    private volatile Reading reading = new Reading(System.nanoTime(), 0);

    private record Reading(long nanos, long serverMillis) {}

    /** The middle of the second that it told. */
    void told(long seconds) {
        reading = new Reading(System.nanoTime(), seconds * 1_000 + 500);
    }

    Instant now() {
        var last = reading;
        return Instant.ofEpochMilli(last.serverMillis + (System.nanoTime() - last.nanos) / 1_000_000);
    }

    /** Whether counting on may have gone astray by now. */
    boolean isOld() {
        return System.nanoTime() - reading.nanos > READING_LASTS;
    }
}
