package dev.coatcheck.state.jobs;

import java.time.Duration;

/** What came of enqueuing the job of one time of a schedule. */
public sealed interface FireResult {

    /** It is enqueued; or, where another has its unique key, that stands for it. */
    record Fired(Enqueued job) implements FireResult {}

    /** That time, or a later one, has had its job. */
    record AlreadyFired() implements FireResult {}

    /**
     * By the store's clock it is not time yet.
     *
     * @param left how long to wait
     */
    record Early(Duration left) implements FireResult {}
}
