package dev.coatcheck.state.jobs;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Names a job, for good: ids are never used again. */
public record JobId(UUID value) {
    private static final int COUNTER_BITS = 12;
    private static final AtomicLong LAST = new AtomicLong();

    /**
     * A new id: a UUID of version 7 (RFC 9562), which begins with the time in milliseconds and a counter, so that the ids of
     * a process are in the order in which it has made them.
     */
    public static JobId next() {
        long now = System.currentTimeMillis() << COUNTER_BITS;
        long ticks = LAST.updateAndGet(last -> Math.max(last + 1, now));
        long high = (ticks >>> COUNTER_BITS << 16) | 0x7000L | (ticks & ((1L << COUNTER_BITS) - 1));
        long low = (ThreadLocalRandom.current().nextLong() >>> 2) | (1L << 63);
        return new JobId(new UUID(high, low));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
