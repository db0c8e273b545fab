package dev.coatcheck.formation.router;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what happens a thousand times a second from being told as often. Safe for use by several threads. */
final class OnceAMinute {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /** Whether it is time again; if so, the next time is in a minute. */
    boolean isDue() {
        long now = System.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + MINUTE);
    }
}
