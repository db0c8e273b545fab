package dev.coatcheck.state.leases;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who waits in this process, and for which lease: for adapters whose store tells of releases. Thread-safe.
 *
 * <p>A release wakes one waiter, the one that has waited longest, since only one can have the lease. One that leaves
 * after it was woken wakes the next: it may have failed before it could look, and a look too many is harmless.
 */
public final class WaitingRoom {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Queue<Seat>> seats = new HashMap<>();

    /** Nobody waits yet. */
    public WaitingRoom() {}

    /** Begins to wait. */
    public LeaseStore.Waiting enter(String name) {
        lock.lock();
        try {
            var seat = new Seat(name, lock.newCondition());
            seats.computeIfAbsent(name, any -> new ArrayDeque<>()).add(seat);
            return seat;
        } finally {
            lock.unlock();
        }
    }

    /** A lease was released. */
    public void wake(String name) {
        lock.lock();
        try {
            wakeNext(name);
        } finally {
            lock.unlock();
        }
    }

    /** Any lease may have been released: the store could not tell for a while. */
    public void wakeAll() {
        lock.lock();
        try {
            seats.values().forEach(queue -> queue.forEach(Seat::wake));
        } finally {
            lock.unlock();
        }
    }

    private void wakeNext(String name) {
        for (var seat : seats.getOrDefault(name, new ArrayDeque<>())) {
            if (!seat.woken) {
                seat.wake();
                return;
            }
        }
    }

    private void leave(Seat seat) {
        var queue = seats.get(seat.name);
        if (queue != null && queue.remove(seat) && queue.isEmpty()) {
            seats.remove(seat.name);
        }
    }

    private final class Seat implements LeaseStore.Waiting {
        private final String name;
        private final Condition changed;
        private boolean woken;

        /** Was woken, and has not come back to wait on since: it may have looked, or have failed before. */
        private boolean looking;

        Seat(String name, Condition changed) {
            this.name = name;
            this.changed = changed;
        }

        void wake() {
            woken = true;
            changed.signal();
        }

        @Override
        public void await(Duration limit) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                looking = false;
                long left = TimeUnit.NANOSECONDS.convert(limit);
                while (!woken && left > 0) {
                    left = changed.awaitNanos(left);
                }
                looking = woken;
                woken = false;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                leave(this);
                if (woken || looking) {
                    woken = false;
                    looking = false;
                    wakeNext(name);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
