package dev.coatcheck.state.jobs;

/** Where a job is in its life. A job that was done or cancelled is not kept. */
public enum JobState {
    /** It waits for its time or for a worker. */
    WAITING,
    /** A worker has it. */
    RUNNING,
    /** Its last attempt failed. */
    DEAD
}
