package dev.coatcheck.servlet.channels;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many sockets are open, for whoever waits until none is. Thread-safe. */
final class OpenSockets {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition allClosed = lock.newCondition();
    private int open;

    void opened() {
        lock.lock();
        try {
            open++;
        } finally {
            lock.unlock();
        }
    }

    void closed() {
        lock.lock();
        try {
            if (--open == 0) {
                allClosed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether none is open before the limit has passed. */
    boolean awaitNone(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (open > 0 && left > 0) {
                left = allClosed.awaitNanos(left);
            }
            return open == 0;
        } finally {
            lock.unlock();
        }
    }
}
