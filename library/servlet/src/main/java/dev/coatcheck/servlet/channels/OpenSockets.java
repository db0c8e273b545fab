package dev.coatcheck.servlet.channels;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The sockets that are open, for whoever waits until none is. Thread-safe. */
final class OpenSockets {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition allClosed = lock.newCondition();
    private final Set<ChannelSocket> open = new HashSet<>();

    void opened(ChannelSocket socket) {
        lock.lock();
        try {
            open.add(socket);
        } finally {
            lock.unlock();
        }
    }

    /** Also where it was never opened, or closed before: a container may say so twice. */
    void closed(ChannelSocket socket) {
        lock.lock();
        try {
            open.remove(socket);
            if (open.isEmpty()) {
                allClosed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until none is open, and no longer than the limit; returns how many are. */
    int awaitNone(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (!open.isEmpty() && left > 0) {
                left = allClosed.awaitNanos(left);
            }
            return open.size();
        } finally {
            lock.unlock();
        }
    }
}
