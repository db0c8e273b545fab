package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued.Added;
import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A batch, and the job that follows once all of it has ended, however each of it does. */
interface Following extends JobsUnderTest {
    NewJob THEN = NewJob.of("then", "{}").withGroup("ada").withPriority(3).withUniqueKey("once");

    @Test
    default void the_job_that_follows_is_enqueued_once_when_all_of_the_batch_are_done_and_not_before() {
        var jobs = jobs();
        var batch = jobs.enqueueBatch(batchOf(3), THEN);
        assertThat(batch.jobs()).hasSize(3).allMatch(Added.class::isInstance);
        var claimed = claim(jobs, 3, LONG);

        jobs.completeAll(claimed.subList(0, 1));
        jobs.giveBack(claimed.subList(1, 2));
        jobs.complete(claimed.get(2));
        assertThat(jobs.find(batch.then())).isEmpty();
        jobs.complete(claimOne(jobs, LONG));

        var then = find(jobs, batch.then());
        assertThat(then.queue()).isEqualTo("then");
        assertThat(then.payload()).isEqualTo("{}");
        assertThat(then.group()).contains("ada");
        assertThat(then.priority()).isEqualTo(3);
        assertThat(jobs.enqueue(THEN)).isEqualTo(new Duplicate(batch.then()));
        assertThat(followers(jobs)).hasSize(1);
        assertThat(jobs.depths()).containsOnlyKeys("then");
    }

    @Test
    default void a_job_that_is_dead_or_was_cancelled_has_ended_once_whatever_becomes_of_it() {
        var jobs = jobs();
        var batch = jobs.enqueueBatch(batchOf(4), THEN);
        var claimed = claim(jobs, 3, LONG);

        jobs.fail(claimed.get(0), "boom");
        assertThat(jobs.replay(claimed.get(0).id())).isTrue();
        jobs.completeAll(claim(jobs, 1, LONG)); // the one that was never claimed, or the one that was replayed
        jobs.completeAll(claim(jobs, 1, LONG));
        assertThat(jobs.cancel(claimed.get(1).id())).contains(JobState.RUNNING);
        assertThat(jobs.find(batch.then())).isEmpty();
        jobs.fail(claimed.get(2), "boom");
        assertThat(jobs.find(batch.then())).isPresent();

        assertThat(jobs.cancel(claimed.get(2).id())).contains(JobState.DEAD);
        assertThat(followers(jobs)).hasSize(1);
    }

    @Test
    default void the_job_that_follows_may_have_the_key_of_the_last_one() {
        var jobs = jobs();
        var step = NewJob.of(QUEUE, "").withUniqueKey("import").withRetry(Retry.never());
        var afterDone = jobs.enqueueBatch(List.of(step), step);
        jobs.complete(claimOne(jobs, LONG));
        assertThat(find(jobs, afterDone.then()).state()).isEqualTo(JobState.WAITING);
        jobs.cancel(afterDone.then());

        var afterDead = jobs.enqueueBatch(List.of(step), step);
        jobs.fail(claimOne(jobs, LONG), "boom");
        assertThat(find(jobs, afterDead.then()).state()).isEqualTo(JobState.WAITING);
    }

    @Test
    default void a_job_that_waits_to_be_tried_again_has_not_ended() {
        var jobs = jobs();
        var batch = jobs.enqueueBatch(List.of(NewJob.of(QUEUE, "").withRetry(AT_ONCE.withMaxAttempts(2))), THEN);

        jobs.fail(claimOne(jobs, LONG), "boom");
        assertThat(jobs.find(batch.then())).isEmpty();
        jobs.fail(claimOne(jobs, LONG), "boom");

        assertThat(jobs.find(batch.then())).isPresent();
    }

    @Test
    default void a_job_that_cost_its_last_worker_the_lease_has_ended() {
        var jobs = jobs();
        var batch = jobs.enqueueBatch(batchOf(1), THEN);
        claimOne(jobs, Duration.ofMillis(20));

        await().atMost(PATIENCE).until(() -> {
            assertThat(claim(jobs, 1, LONG)).isEmpty();
            return jobs.find(batch.then()).isPresent();
        });
    }

    @Test
    default void what_another_has_the_key_of_is_not_waited_for_and_a_batch_of_nothing_has_ended() {
        var jobs = jobs();
        var job = NewJob.of(QUEUE, "").withUniqueKey("1");
        var holder = enqueue(jobs, job);

        var none = jobs.enqueueBatch(List.of(), NewJob.of("then", "none"));
        var duplicates = jobs.enqueueBatch(List.of(job, job), NewJob.of("then", "duplicates"));
        var mixed = jobs.enqueueBatch(List.of(job, NewJob.of("other", "")), NewJob.of("then", "mixed"));

        assertThat(duplicates.jobs()).containsOnly(new Duplicate(holder));
        assertThat(find(jobs, none.then()).payload()).isEqualTo("none");
        assertThat(find(jobs, duplicates.then()).payload()).isEqualTo("duplicates");
        assertThat(jobs.find(mixed.then())).isEmpty();
        jobs.completeAll(jobs.claim(Set.of("other"), 1, LONG));
        assertThat(find(jobs, mixed.then()).payload()).isEqualTo("mixed");
    }

    @Test
    default void of_many_who_end_the_last_jobs_of_batches_at_once_exactly_one_enqueues_what_follows_each() {
        var jobs = jobs();
        for (int round = 0; round < 10; round++) {
            var one = jobs.enqueueBatch(batchOf(4), NewJob.of("then", "one"));
            var other = jobs.enqueueBatch(batchOf(4), NewJob.of("then", "other"));
            var claimed = claim(jobs, 8, LONG);

            Together.run(8, thread -> jobs.complete(claimed.get(thread)));

            var followers = followers(jobs);
            assertThat(followers).extracting(ClaimedJob::id).containsExactlyInAnyOrder(one.then(), other.then());
            jobs.completeAll(followers);
        }
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    default void jobs_of_several_batches_that_are_completed_together_count_for_each_of_them() {
        var jobs = jobs();
        var one = jobs.enqueueBatch(batchOf(8), NewJob.of("then", "one"));
        var other = jobs.enqueueBatch(batchOf(8), NewJob.of("then", "other"));
        var claimed = claim(jobs, 16, LONG);

        Together.run(
                4,
                thread -> jobs.completeAll(IntStream.range(0, 4)
                        .mapToObj(i -> claimed.get(4 * i + thread))
                        .toList()));

        assertThat(followers(jobs)).extracting(ClaimedJob::id).containsExactlyInAnyOrder(one.then(), other.then());
        assertThat(jobs.depths()).containsOnlyKeys("then");
    }

    @Test
    default void who_waits_is_woken_by_what_follows_and_its_delay_counts_from_then() throws Exception {
        var jobs = jobs();
        jobs.enqueueBatch(batchOf(1), NewJob.of(QUEUE, "then").withDelay(Duration.ofMillis(200)));
        long begun = System.nanoTime();
        jobs.complete(claimOne(jobs, LONG));

        assertThat(awaitClaim(jobs, LONG).payload()).isEqualTo("then");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(190));
    }

    @Test
    default void a_batch_is_as_large_as_what_may_be_enqueued_at_once_and_no_larger() {
        var jobs = jobs();
        var batch = jobs.enqueueBatch(batchOf(Jobs.MAX_BATCH), THEN);
        assertThat(jobs.completeAll(claim(jobs, Jobs.MAX_BATCH, LONG))).hasSize(Jobs.MAX_BATCH);
        assertThat(followers(jobs)).extracting(ClaimedJob::id).containsExactly(batch.then());

        assertThatThrownBy(() -> jobs.enqueueBatch(batchOf(Jobs.MAX_BATCH + 1), THEN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<ClaimedJob> followers(Jobs jobs) {
        return jobs.claim(Set.of("then"), 10, LONG);
    }

    private static List<NewJob> batchOf(int size) {
        return Collections.nCopies(size, NewJob.of(QUEUE, "").withRetry(Retry.never()));
    }
}
