package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Jobs that have been dead for too long go, whoever serves their queue. */
interface Forgetting extends JobsUnderTest {

    /**
     * The jobs under test, in place of {@link #jobs()}.
     *
     * @param kept for how long those that are dead are kept
     */
    Jobs jobsThatKeepTheDead(Duration kept);

    /** Does at once what a process does from time to time by itself; by default nothing, where each claim does it. */
    default void tidyUp(Duration kept) {}

    @Test
    default void jobs_that_died_a_moment_ago_stay() {
        var kept = Duration.ofDays(1);
        var jobs = jobsThatKeepTheDead(kept);
        var dead = enqueue(jobs, NewJob.of("left behind", "").withRetry(Retry.never()));
        jobs.claim(Set.of("left behind"), 1, LONG).forEach(job -> jobs.fail(job, "boom"));

        claim(jobs, 1, LONG);
        tidyUp(kept);

        assertThat(jobs.find(dead)).map(StoredJob::state).contains(JobState.DEAD);
    }

    @Test
    default void jobs_that_died_too_long_ago_go_also_where_nobody_serves_their_queue_and_no_others_do() {
        var kept = Duration.ofSeconds(1);
        var jobs = jobsThatKeepTheDead(kept);
        var mortal = NewJob.of("left behind", "").withRetry(Retry.never());
        enqueue(jobs, mortal.withUniqueKey("dead"));
        enqueue(jobs, mortal.withGroup("ada"));
        jobs.claim(Set.of("left behind"), 2, LONG).forEach(job -> jobs.fail(job, "boom"));
        assertThat(jobs.list("left behind", JobState.DEAD, 10)).hasSize(2);
        var running = enqueue(jobs, mortal.withPriority(1));
        jobs.claim(Set.of("left behind"), 1, LONG);
        var waiting = enqueue(jobs, mortal);

        await().atMost(PATIENCE).until(() -> {
            claim(jobs, 1, LONG);
            tidyUp(kept);
            return jobs.list("left behind", JobState.DEAD, 10).isEmpty();
        });

        assertThat(jobs.find(running)).map(StoredJob::state).contains(JobState.RUNNING);
        assertThat(jobs.find(waiting)).map(StoredJob::state).contains(JobState.WAITING);
    }
}
