package dev.coatcheck.formation.router;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes of all request bodies that are kept in memory at once. Safe for use by several threads. */
final class BufferBudget {
    private final AtomicLong left;

    BufferBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    boolean reserve(int bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    void release(int bytes) {
        left.addAndGet(bytes);
    }
}
