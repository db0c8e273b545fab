package dev.coatcheck.state.jobs;

import java.time.Duration;

/** One job in a worker: who runs it, and until when the store is known to hold it for this worker. */
final class Running {
    private final ClaimedJob job;
    private final long leaseNanos;
    private volatile long heldUntil;
    private boolean interrupted;
    private boolean handled;
    private volatile Thread thread = Thread.currentThread();

    /**
     * @param claimedAt {@link System#nanoTime()} before the store was asked, so that this process believes in its lease
     *     no longer than the store does
     */
    Running(ClaimedJob job, Duration lease, long claimedAt) {
        this.job = job;
        this.leaseNanos = lease.toNanos();
        this.heldUntil = claimedAt + leaseNanos;
    }

    ClaimedJob job() {
        return job;
    }

    void start(Runnable body) {
        thread = Thread.ofVirtual().name("job-" + job.id()).unstarted(body);
        thread.start();
    }

    void renewedAt(long asked) {
        heldUntil = asked + leaseNanos;
    }

    boolean leaseIsOver() {
        return System.nanoTime() - heldUntil >= 0;
    }

    /** Asks the handler to end, if it has not; whatever it throws then is no failure of the job. */
    synchronized void interrupt() {
        if (!handled) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /**
     * Called on the job's own thread when the handler has ended: from here on the thread talks to the store, and an
     * interrupt would close the connection under it.
     *
     * @return whether the handler was asked to end
     */
    synchronized boolean handled() {
        handled = true;
        boolean flagged = Thread.interrupted();
        return flagged || interrupted;
    }
}
