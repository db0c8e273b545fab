package dev.coatcheck.state.jobs;

import java.time.Duration;

/** What becomes of a job whose attempt failed. */
public sealed interface FailResult {

    /** It will be tried again, in this time at the earliest. */
    record WillRetry(Duration delay) implements FailResult {}

    /** That was its last attempt: it is a dead letter until it is replayed or cancelled. */
    record Dead() implements FailResult {}

    /** The lease had ended, so the job is somebody else's business now, and nothing was changed. */
    record Lost() implements FailResult {}
}
