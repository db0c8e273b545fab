package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.depth;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.Retry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a person or an autoscaler looks at. */
interface Counting extends JobsUnderTest {

    @Test
    default void a_queue_with_nothing_in_it_is_not_listed() {
        var jobs = jobs();
        assertThat(jobs.depths()).isEmpty();

        enqueue(jobs, "");
        jobs.complete(claimOne(jobs, LONG));
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    default void each_job_counts_where_it_is_in_its_life() {
        var jobs = jobs();
        enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.never()));
        jobs.fail(claimOne(jobs, LONG), "boom");
        enqueue(jobs, "");
        claimOne(jobs, LONG);
        enqueue(jobs, NewJob.of(QUEUE, "").withDelay(LONG));
        enqueue(jobs, "");
        enqueue(jobs, "");
        enqueue(jobs, NewJob.of("other", "").withDelay(LONG));

        assertThat(jobs.depths()).containsOnlyKeys(QUEUE, "other");
        assertThat(jobs.depths()).containsEntry("other", new QueueDepth(0, 1, 0, 0, Duration.ZERO));
        var depth = depth(jobs);
        assertThat(depth).isEqualTo(new QueueDepth(2, 1, 1, 1, depth.oldestWaiting()));
    }

    @Test
    default void the_oldest_waiting_grows_older_until_it_is_claimed() {
        var jobs = jobs();
        enqueue(jobs, "");
        await().atMost(PATIENCE).until(() -> depth(jobs).oldestWaiting().compareTo(Duration.ofMillis(100)) >= 0);
        assertThat(depth(jobs).oldestWaiting()).isLessThan(Duration.ofMinutes(1));

        claimOne(jobs, LONG);

        assertThat(depth(jobs).oldestWaiting()).isEqualTo(Duration.ZERO);
    }

    @Test
    default void a_job_whose_worker_lost_it_waits() {
        var jobs = jobs();
        enqueue(jobs, "");
        claimOne(jobs, SHORT);
        var depth = depth(jobs);
        assertThat(depth.waiting() + depth.running()).isEqualTo(1);

        await().atMost(PATIENCE).until(() -> depth(jobs).waiting() == 1);

        awaitClaim(jobs, LONG);
        assertThat(depth(jobs)).isEqualTo(new QueueDepth(0, 0, 1, 0, Duration.ZERO));
    }
}
