package dev.coatcheck.state.jobs;

/** What came of enqueuing a job. */
public sealed interface Enqueued {

    /** The job that stands for the one that was to be enqueued. */
    JobId id();

    /** For adapters: what came of a job that was to be enqueued under this id, and for which that other or the same stands. */
    static Enqueued of(JobId id, JobId standing) {
        return standing.equals(id) ? new Added(id) : new Duplicate(standing);
    }

    /** The store holds the job. */
    record Added(JobId id) implements Enqueued {}

    /**
     * A job with the same unique key waits or runs already, and nothing was added.
     *
     * @param id of that job
     */
    record Duplicate(JobId id) implements Enqueued {}
}
