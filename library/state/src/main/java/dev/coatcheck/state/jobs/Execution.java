package dev.coatcheck.state.jobs;

/**
 * One attempt at a job, as its handler sees it.
 *
 * <p>Where the worker loses the job (it was cancelled, or the worker was cut off from the store for longer than the lease),
 * the handler's thread is interrupted: what it does from then on, another worker may be doing too.
 *
 * <pre>{@code
 * for (int page = 0; page < pages; page++) {
 *     if (execution.shouldStop()) {
 *         throw new InterruptedException("stopped before page " + page); // to return would say that it is done
 *     }
 *     render(page);
 *     execution.report(page + " of " + pages);
 * }
 * }</pre>
 */
public final class Execution {
    private final Jobs jobs;
    private final Running running;
    private volatile boolean completedByHandler;

    Execution(Jobs jobs, Running running) {
        this.jobs = jobs;
        this.running = running;
    }

    /** The job, with the fence of this attempt. */
    public ClaimedJob job() {
        return running.job();
    }

    /**
     * Whether the handler was asked to end, because the job was cancelled or lost, or because the worker is being stopped.
     * It was interrupted then too: this is for handlers that compute and wait for nothing. No round trip.
     */
    public boolean shouldStop() {
        return running.isInterrupted();
    }

    /**
     * Notes how far the job is: {@link Jobs#report}. One round trip, so not for every line of a file.
     *
     * @return false where the worker no longer has the job
     */
    public boolean report(String progress) {
        return jobs.report(job(), progress);
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
