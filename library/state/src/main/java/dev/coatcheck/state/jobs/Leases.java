package dev.coatcheck.state.jobs;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the leases of a worker's running jobs, and interrupts the handlers whose lease is over or whose job was cancelled.
 *
 * <p>Two threads, because a store that hangs holds up the one that asks it for longer than a lease may last.
 */
final class Leases implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(Worker.class.getName());

    private final Jobs jobs;
    private final RunningJobs running;
    private final Duration lease;
    private final Thread renewer = Thread.ofVirtual().name("worker-renew").unstarted(this::renewUntilClosed);
    private final Thread watcher = Thread.ofVirtual().name("worker-leases").unstarted(this::watchUntilClosed);
    private final Semaphore asked = new Semaphore(0); // to renew at once, or to end
    private final AtomicLong cancels = new AtomicLong(); // how often some job was cancelled, or may have been
    private final Jobs.CancelWatch cancelWatch;
    private final CountDownLatch closed = new CountDownLatch(1);

    Leases(Jobs jobs, RunningJobs running, Duration lease) {
        this.jobs = jobs;
        this.running = running;
        this.lease = lease;
        this.cancelWatch = jobs.onCancel(() -> {
            cancels.incrementAndGet();
            renewNow();
        });
    }

    void start() {
        renewer.start();
        watcher.start();
    }

    /** Ends both threads; does not wait long for a store that hangs. */
    @Override
    public void close() {
        closed.countDown();
        cancelWatch.close();
        asked.release();
        try {
            renewer.join(END_LIMIT);
            watcher.join(END_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often some job was cancelled until now, as far as this worker has heard. */
    long cancels() {
        return cancels.get();
    }

    /** Asks the store at once which jobs are still this worker's. */
    void renewNow() {
        asked.release();
    }

    private void renewUntilClosed() {
        boolean renewed = true;
        while (awaitRenewal(lease.dividedBy(renewed ? 3 : 10))) {
            var held = running.now();
            renewed = held.isEmpty() || renew(held);
        }
    }

    /** Waits until somebody asks, or for this long; says whether to go on. */
    private boolean awaitRenewal(Duration limit) {
        try {
            if (asked.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                asked.drainPermits(); // one renewal answers all who have asked
            }
            return closed.getCount() > 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false; // nobody interrupts this thread
        }
    }

    private boolean renew(List<Running> held) {
        long began = System.nanoTime();
        try {
            var kept = jobs.renew(held.stream().map(Running::job).toList(), lease);
            for (var entry : held) {
                if (kept.contains(entry.job())) {
                    entry.renewedAt(began);
                } else {
                    // Ended meanwhile, or lost; interrupting what has ended does nothing.
                    entry.lose();
                }
            }
            return true;
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "cannot renew the leases of " + held.size() + " jobs for now: " + e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.log(ERROR, "renewing leases failed; going on", e);
            return false;
        }
    }

    private void watchUntilClosed() {
        long next;
        do {
            next = lease.toNanos() / 10;
            for (var entry : running.now()) {
                long left = entry.leaseLeft();
                if (left <= 0) {
                    entry.interrupt();
                } else {
                    next = Math.min(next, left);
                }
            }
        } while (!isClosedWithin(next));
    }

    private boolean isClosedWithin(long nanos) {
        try {
            return closed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true; // nobody interrupts this thread
        }
    }
}
