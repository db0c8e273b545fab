package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.Enqueued.Added;
import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A job that was enqueued is there, once, with all that was said about it. */
interface Enqueuing extends JobsUnderTest {

    @Test
    default void a_job_waits_as_it_was_enqueued() {
        var jobs = jobs();
        var id = enqueue(
                jobs,
                NewJob.of(QUEUE, "{\"to\":\"ada\"}")
                        .withPriority(7)
                        .withRetry(Retry.defaults().withMaxAttempts(3)));

        var job = find(jobs, id);
        assertThat(job.id()).isEqualTo(id);
        assertThat(job.queue()).isEqualTo(QUEUE);
        assertThat(job.payload()).isEqualTo("{\"to\":\"ada\"}");
        assertThat(job.state()).isEqualTo(JobState.WAITING);
        assertThat(job.priority()).isEqualTo(7);
        assertThat(job.attempts()).isZero();
        assertThat(job.maxAttempts()).isEqualTo(3);
        assertThat(job.runAt()).isEqualTo(job.enqueuedAt());
        assertThat(job.lastError()).isEmpty();
    }

    @Test
    default void a_job_that_nobody_enqueued_is_not_there() {
        assertThat(jobs().find(new JobId(UUID.randomUUID()))).isEmpty();
    }

    @Test
    default void a_delayed_job_is_claimed_when_its_time_has_come_and_not_before() {
        var jobs = jobs();
        var delay = Duration.ofMillis(500);
        long begun = System.nanoTime();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withDelay(delay));

        var job = find(jobs, id);
        assertThat(Duration.between(job.enqueuedAt(), job.runAt())).isEqualTo(delay);
        assertThat(awaitClaim(jobs, LONG).id()).isEqualTo(id);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(delay.minusMillis(5));
    }

    @Test
    default void a_delay_may_be_longer_than_anyone_lives() {
        var jobs = jobs();
        enqueue(jobs, NewJob.of(QUEUE, "").withDelay(Duration.ofDays(366 * 1000)));

        assertThat(claim(jobs, 1, LONG)).isEmpty();
    }

    @Test
    default void while_a_job_with_a_key_waits_or_runs_the_next_is_reported_as_its_duplicate() {
        var jobs = jobs();
        var job = NewJob.of(QUEUE, "").withUniqueKey("photo 1");
        var id = enqueue(jobs, job);

        assertThat(jobs.enqueue(job)).isEqualTo(new Duplicate(id));
        var claimed = claimOne(jobs, LONG);
        assertThat(jobs.enqueue(job.withPriority(1).withDelay(LONG))).isEqualTo(new Duplicate(id));

        assertThat(jobs.complete(claimed)).isTrue();
        assertThat(jobs.enqueue(job)).isInstanceOf(Added.class);
    }

    @Test
    default void a_dead_job_does_not_keep_its_key() {
        var jobs = jobs();
        var job = NewJob.of(QUEUE, "").withUniqueKey("photo 1").withRetry(Retry.never());
        var dead = enqueue(jobs, job);
        jobs.fail(claimOne(jobs, LONG), "boom");

        var id = enqueue(jobs, job);

        assertThat(id).isNotEqualTo(dead);
        assertThat(jobs.enqueue(job)).isEqualTo(new Duplicate(id));
    }

    @Test
    default void a_key_is_a_queues_own_and_jobs_without_one_are_never_duplicates() {
        var jobs = jobs();
        enqueue(jobs, NewJob.of(QUEUE, "").withUniqueKey("1"));
        enqueue(jobs, NewJob.of(QUEUE, "").withUniqueKey("2"));
        enqueue(jobs, NewJob.of("other", "").withUniqueKey("1"));
        enqueue(jobs, NewJob.of(QUEUE, ""));
        enqueue(jobs, NewJob.of(QUEUE, ""));

        assertThat(claim(jobs, 10, LONG)).hasSize(4);
    }

    @Test
    default void of_many_who_enqueue_one_key_at_once_one_adds_a_job_and_the_others_are_told_which() {
        var jobs = jobs();
        for (int round = 0; round < 5; round++) {
            var job = NewJob.of(QUEUE, "").withUniqueKey("round " + round);

            var results = Together.call(8, thread -> jobs.enqueue(job));

            assertThat(results).filteredOn(Added.class::isInstance).hasSize(1);
            assertThat(results)
                    .extracting(result -> result.id())
                    .containsOnly(claimOne(jobs, LONG).id());
        }
    }

    @Test
    default void enqueuers_of_a_key_and_workers_who_complete_it_never_leave_it_stuck() {
        var jobs = jobs();
        var job = NewJob.of(QUEUE, "").withUniqueKey("hot");

        Together.run(6, thread -> {
            for (int i = 0; i < 50; i++) {
                if (thread % 2 == 0) {
                    jobs.enqueue(job);
                } else {
                    claim(jobs, 1, LONG).forEach(jobs::complete);
                }
            }
        });

        claim(jobs, 10, LONG).forEach(jobs::complete);
        enqueue(jobs, job);
    }
}
