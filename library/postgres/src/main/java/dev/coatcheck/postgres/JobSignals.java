package dev.coatcheck.postgres;

import dev.coatcheck.state.jobs.CancelWatches;
import dev.coatcheck.state.jobs.Jobs;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this process has been told of its queues since it last looked into them.
 *
 * <p>A signal stays raised until somebody looks, so that what comes between a look and the wait after it is not missed.
 * It is taken down before the look and not after it, for the same reason.
 */
final class JobSignals implements Listener.Heard {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<String> watched = new HashSet<>();
    private final Set<String> raised = new HashSet<>();
    private final Map<Set<String>, Long> nextDue = new HashMap<>();
    private final CancelWatches cancelWatches = new CancelWatches();

    /** Somebody is about to look into these queues. */
    void takeDown(Set<String> queues) {
        lock.lock();
        try {
            watched.addAll(queues);
            raised.removeAll(queues);
            nextDue.remove(queues);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing was there, and unless there is a signal nothing will be before this {@link System#nanoTime()}. */
    void nothingBefore(Set<String> queues, long nanoTime) {
        lock.lock();
        try {
            nextDue.put(Set.copyOf(queues), nanoTime);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void heard(List<String> messages) {
        raise(messages);
        // No queue's name: a running job was cancelled.
        if (messages.contains("")) {
            cancelWatches.tell();
        }
    }

    @Override
    public void mayHaveMissed() {
        raiseAll();
        cancelWatches.tell();
    }

    /** Calls back when a running job may have been cancelled. */
    Jobs.CancelWatch onCancel(Runnable told) {
        return cancelWatches.add(told);
    }

    /** There may be something in these queues. Those that nobody here looks into are not remembered. */
    void raise(Collection<String> queues) {
        lock.lock();
        try {
            for (var queue : queues) {
                if (watched.contains(queue)) {
                    raised.add(queue);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Signals may have been missed. */
    void raiseAll() {
        lock.lock();
        try {
            raised.addAll(watched);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there may be something in one of the queues, or the time is over. */
    void await(Set<String> queues, long nanos) throws InterruptedException {
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
