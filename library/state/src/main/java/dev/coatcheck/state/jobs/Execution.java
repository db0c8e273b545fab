package dev.coatcheck.state.jobs;

/**
 * One attempt at a job, as its handler sees it.
 *
 * <p>Where the worker loses the job (it was cut off from the store for longer than the lease), the handler's thread is
 * interrupted: what it does from then on, another worker may be doing too.
 */
public final class Execution {
    private final ClaimedJob job;
    private volatile boolean completedByHandler;

    Execution(ClaimedJob job) {
        this.job = job;
    }

    /** The job, with the fence of this attempt. */
    public ClaimedJob job() {
        return job;
    }

    /**
     * Tells the worker that the handler has completed the job itself, in a transaction of its own with the work's
     * results (as adapters on databases allow), so that there is nothing left to complete.
     */
    public void completed() {
        completedByHandler = true;
    }

    boolean completedByHandler() {
        return completedByHandler;
    }
}
