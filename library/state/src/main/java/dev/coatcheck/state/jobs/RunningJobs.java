package dev.coatcheck.state.jobs;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The jobs that one worker runs now. */
final class RunningJobs {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private final Set<Running> jobs = new LinkedHashSet<>();

    void add(Running job) {
        lock.lock();
        try {
            jobs.add(job);
        } finally {
            lock.unlock();
        }
    }

    void remove(Running job) {
        lock.lock();
        try {
            jobs.remove(job);
            if (jobs.isEmpty()) {
                empty.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    List<Running> now() {
        lock.lock();
        try {
            return List.copyOf(jobs);
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing runs any more, at the latest after {@code limit}; an interrupt is kept for later. */
    boolean awaitEmpty(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            while (!jobs.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    empty.await(left, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
