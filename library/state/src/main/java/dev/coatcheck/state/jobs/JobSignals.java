package dev.coatcheck.state.jobs;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * For adapters whose store tells of new jobs: what this process has been told of its queues since it last looked into them.
 *
 * <p>A signal stays raised until somebody looks, so that what comes between a look and the wait after it is not missed.
 * It is taken down before the look and not after it, for the same reason. Thread-safe.
 */
public final class JobSignals {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<String> watched = new HashSet<>();
    private final Set<String> raised = new HashSet<>();
    private final Map<String, Long> told = new HashMap<>(); // how often, of those that are watched
    private final Map<Set<String>, Long> nextDue = new HashMap<>();
    private final CancelWatches cancelWatches = new CancelWatches();

    /** Nothing has been told yet. */
    public JobSignals() {}

    /**
     * Somebody is about to look into these queues.
     *
     * @return how often a signal was raised for any of them until now
     */
    public long takeDown(Set<String> queues) {
        lock.lock();
        try {
            watched.addAll(queues);
            raised.removeAll(queues);
            nextDue.remove(queues);
            return queues.stream()
                    .mapToLong(queue -> told.getOrDefault(queue, 0L))
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing was there, and unless there is a signal nothing will be before this {@link System#nanoTime()}. */
    public void nothingBefore(Set<String> queues, long nanoTime) {
        lock.lock();
        try {
            nextDue.put(Set.copyOf(queues), nanoTime);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The store has told of something.
     *
     * @param queues in which there may be something now; one without a name says that a running job was cancelled
     */
    public void heard(List<String> queues) {
        raise(queues);
        if (queues.contains("")) {
            cancelWatches.tell();
        }
    }

    /** The store may have told of something that was not heard. */
    public void mayHaveMissed() {
        raiseAll();
        cancelWatches.tell();
    }

    /** Calls back when a running job may have been cancelled. */
    public Jobs.CancelWatch onCancel(Runnable told) {
        return cancelWatches.add(told);
    }

    /** There may be something in these queues. Those that nobody here looks into are not remembered. */
    public void raise(Collection<String> queues) {
        lock.lock();
        try {
            raiseWatched(queues);
        } finally {
            lock.unlock();
        }
    }

    private void raiseAll() {
        lock.lock();
        try {
            raiseWatched(watched);
        } finally {
            lock.unlock();
        }
    }

    private void raiseWatched(Collection<String> queues) {
        for (var queue : queues) {
            if (watched.contains(queue)) {
                raised.add(queue);
                told.merge(queue, 1L, Long::sum);
            }
        }
        changed.signalAll();
    }

    /** Waits until there may be something in one of the queues, or the time is over. */
    public void await(Set<String> queues, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long end = System.nanoTime() + nanos;
            watched.addAll(queues);
            while (queues.stream().noneMatch(raised::contains)) {
                long now = System.nanoTime();
                long left = Math.min(end - now, nextDue.getOrDefault(queues, end) - now);
                if (left <= 0) {
                    return;
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
