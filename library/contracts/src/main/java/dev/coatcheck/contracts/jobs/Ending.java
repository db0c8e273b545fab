package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.jobs.FailResult.Dead;
import dev.coatcheck.state.jobs.FailResult.Lost;
import dev.coatcheck.state.jobs.FailResult.WillRetry;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How a job ends: done, to be tried again, dead, replayed, given back. */
interface Ending extends JobsUnderTest {

    @Test
    default void a_job_that_was_done_is_gone() {
        var jobs = jobs();
        var id = enqueue(jobs, "");
        var claimed = claimOne(jobs, LONG);

        assertThat(jobs.complete(claimed)).isTrue();

        assertThat(jobs.find(id)).isEmpty();
        assertThat(claim(jobs, 1, LONG)).isEmpty();
        assertThat(jobs.complete(claimed)).isFalse();
        assertThat(jobs.fail(claimed, "late")).isEqualTo(new Lost());
        jobs.giveBack(List.of(claimed));
        assertThat(jobs.find(id)).isEmpty();
    }

    @Test
    default void a_failed_job_waits_longer_each_time_and_is_dead_after_its_last_attempt() {
        var jobs = jobs();
        var retry = new Retry(4, Duration.ofMillis(20), Duration.ofMillis(60));
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(retry));

        for (int attempt = 1; attempt < 4; attempt++) {
            var claimed = awaitClaim(jobs, LONG);
            assertThat(claimed.attempt()).isEqualTo(attempt);
            var result = jobs.fail(claimed, "boom " + attempt);
            assertThat(result).isInstanceOf(WillRetry.class);
            assertThat(((WillRetry) result).delay())
                    .isBetween(retry.delayAfter(attempt, 0), retry.delayAfter(attempt, 1));
            assertThat(find(jobs, id).state()).isEqualTo(JobState.WAITING);
            assertThat(find(jobs, id).attempts()).isEqualTo(attempt);
            assertThat(find(jobs, id).lastError()).contains("boom " + attempt);
            assertThat(jobs.complete(claimed)).isFalse();
        }
        assertThat(jobs.fail(awaitClaim(jobs, LONG), "boom 4")).isEqualTo(new Dead());

        assertThat(find(jobs, id).state()).isEqualTo(JobState.DEAD);
        assertThat(find(jobs, id).attempts()).isEqualTo(4);
        assertThat(find(jobs, id).lastError()).contains("boom 4");
        assertThat(claim(jobs, 1, LONG)).isEmpty();
    }

    @Test
    default void a_failed_job_is_not_claimed_before_its_delay_is_over() {
        var jobs = jobs();
        var delay = Duration.ofMinutes(10);
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.defaults().withDelays(delay, delay)));

        var result = jobs.fail(claimOne(jobs, LONG), "boom");

        assertThat(((WillRetry) result).delay()).isBetween(delay.dividedBy(2), delay);
        assertThat(claim(jobs, 1, LONG)).isEmpty();
        assertThat(Duration.between(find(jobs, id).enqueuedAt(), find(jobs, id).runAt()))
                .isGreaterThanOrEqualTo(((WillRetry) result).delay());
    }

    @Test
    default void delays_grow_without_bound_only_up_to_the_longest() {
        var jobs = jobs();
        var retry = new Retry(200, Duration.ZERO, Duration.ofDays(10_000));
        enqueue(jobs, NewJob.of(QUEUE, "").withRetry(retry));
        for (int attempt = 1; attempt <= 100; attempt++) {
            assertThat(jobs.fail(claimOne(jobs, LONG), "boom")).isEqualTo(new WillRetry(Duration.ZERO));
        }
    }

    @Test
    default void what_a_failure_says_is_kept_within_bounds_and_may_hold_anything() {
        var jobs = jobs();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.never()));

        jobs.fail(claimOne(jobs, LONG), "nul \u0000, half \ud83e a pair, " + "🧥".repeat(10_000));

        var error = find(jobs, id).lastError().orElseThrow();
        assertThat(error).startsWith("nul \ufffd, half \ufffd a pair, 🧥🧥").endsWith("🧥");
        assertThat(error.getBytes(StandardCharsets.UTF_8).length)
                .isBetween(Jobs.MAX_ERROR_BYTES - 4, Jobs.MAX_ERROR_BYTES);
    }

    @Test
    default void dead_jobs_are_listed_by_queue_with_the_latest_first() {
        var jobs = jobs();
        for (var payload : List.of("first", "second", "third")) {
            enqueue(jobs, NewJob.of(QUEUE, payload).withRetry(Retry.never()));
            jobs.fail(claimOne(jobs, LONG), "boom");
        }
        enqueue(jobs, "alive");

        assertThat(jobs.list(QUEUE, JobState.DEAD, 10))
                .extracting(StoredJob::payload)
                .containsExactly("third", "second", "first");
        assertThat(jobs.list(QUEUE, JobState.DEAD, 10))
                .extracting(StoredJob::state)
                .containsOnly(JobState.DEAD);
        assertThat(jobs.list(QUEUE, JobState.DEAD, 2))
                .extracting(StoredJob::payload)
                .containsExactly("third", "second");
        assertThat(jobs.list("other", JobState.DEAD, 10)).isEmpty();
    }

    @Test
    default void a_dead_job_that_is_replayed_waits_as_if_it_had_never_been_tried() {
        var jobs = jobs();
        var id = enqueue(jobs, NewJob.of(QUEUE, "{}").withRetry(AT_ONCE.withMaxAttempts(2)));
        jobs.fail(claimOne(jobs, LONG), "boom");
        var last = claimOne(jobs, LONG);
        jobs.fail(last, "boom");

        assertThat(jobs.replay(id)).isTrue();

        assertThat(jobs.list(QUEUE, JobState.DEAD, 10)).isEmpty();
        assertThat(find(jobs, id).state()).isEqualTo(JobState.WAITING);
        assertThat(find(jobs, id).attempts()).isZero();
        assertThat(find(jobs, id).lastError()).isEmpty();
        var claimed = claimOne(jobs, LONG);
        assertThat(claimed.id()).isEqualTo(id);
        assertThat(claimed.attempt()).isEqualTo(1);
        assertThat(claimed.fence()).isGreaterThan(last.fence());
        assertThat(jobs.complete(last)).isFalse();
        assertThat(jobs.complete(claimed)).isTrue();
    }

    @Test
    default void only_a_dead_job_is_replayed_and_only_once() {
        var jobs = jobs();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.never()));

        assertThat(jobs.replay(id)).isFalse();
        var claimed = claimOne(jobs, LONG);
        assertThat(jobs.replay(id)).isFalse();
        jobs.fail(claimed, "boom");
        assertThat(jobs.replay(id)).isTrue();
        assertThat(jobs.replay(id)).isFalse();
        assertThat(jobs.replay(new JobId(UUID.randomUUID()))).isFalse();
    }

    @Test
    default void a_dead_job_stays_dead_while_another_has_its_key() {
        var jobs = jobs();
        var job = NewJob.of(QUEUE, "").withUniqueKey("1").withRetry(Retry.never());
        var dead = enqueue(jobs, job);
        jobs.fail(claimOne(jobs, LONG), "boom");
        enqueue(jobs, job);

        assertThat(jobs.replay(dead)).isFalse();
        assertThat(find(jobs, dead).state()).isEqualTo(JobState.DEAD);

        jobs.complete(claimOne(jobs, LONG));
        assertThat(jobs.replay(dead)).isTrue();
    }

    @Test
    default void a_job_that_is_given_back_is_claimed_again_at_once_and_its_attempt_does_not_count() {
        var jobs = jobs();
        enqueue(jobs, "1");
        enqueue(jobs, "2");
        var claimed = claim(jobs, 2, LONG);

        jobs.giveBack(claimed);

        var again = claim(jobs, 2, LONG);
        assertThat(again)
                .extracting(job -> job.id())
                .containsExactlyInAnyOrderElementsOf(
                        claimed.stream().map(job -> job.id()).toList());
        assertThat(again).extracting(job -> job.attempt()).containsOnly(1);
        for (var stale : claimed) {
            assertThat(jobs.complete(stale)).isFalse();
            assertThat(again)
                    .filteredOn(job -> job.id().equals(stale.id()))
                    .allSatisfy(job -> assertThat(job.fence()).isGreaterThan(stale.fence()));
        }
        jobs.giveBack(claimed);
        assertThat(claim(jobs, 2, LONG)).isEmpty();
        jobs.giveBack(List.of());
    }
}
