package dev.coatcheck.state.jobs;

import java.time.Duration;
import java.util.function.Consumer;

/** One job in a worker: who runs it, and until when the store is known to hold it for this worker. */
final class Running {
    private final ClaimedJob job;
    private final long leaseNanos;
    private volatile long heldUntil;
    private boolean interrupted;
    private boolean handled;
    private boolean lost;
    private final Thread thread;

    /**
     * @param claimedAt {@link System#nanoTime()} before the store was asked, so that this process believes in its lease
     *     no longer than the store does
     * @param body what runs on the job's own thread, which is there from the beginning: whoever looks after leases may
     *     interrupt it before it is started
     */
    Running(ClaimedJob job, Duration lease, long claimedAt, Consumer<Running> body) {
        this.job = job;
        this.leaseNanos = lease.toNanos();
        this.heldUntil = claimedAt + leaseNanos;
        this.thread = Thread.ofVirtual().name("job-" + job.id()).unstarted(() -> body.accept(this));
    }

    ClaimedJob job() {
        return job;
    }

    void start() {
        thread.start();
    }

    void renewedAt(long asked) {
        heldUntil = asked + leaseNanos;
    }

    /** How long the lease still lasts, in nanoseconds; not positive where it is over. */
    long leaseLeft() {
        return heldUntil - System.nanoTime();
    }

    /** Asks the handler to end, once, if it has not; whatever it throws then is no failure of the job. */
    synchronized void interrupt() {
        if (!handled && !interrupted) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** The store no longer holds the job for this worker: it was cancelled, or is another's. */
    synchronized void lose() {
        lost = true;
        interrupt();
    }

    synchronized boolean isLost() {
        return lost;
    }

    /** Whether the handler was asked to end. */
    synchronized boolean isInterrupted() {
        return interrupted;
    }

    /**
     * Called on the job's own thread when the handler has ended: from here on the thread talks to the store, and an
     * interrupt would close the connection under it.
     *
     * @return whether the handler was asked to end. Its own interrupts do not count: a handler that interrupts itself
     *     each time would otherwise run for ever
     */
    synchronized boolean handled() {
        handled = true;
        Thread.interrupted();
        return interrupted;
    }

    /** Whether the handler has not ended yet. */
    synchronized boolean isInHandler() {
        return !handled;
    }
}
