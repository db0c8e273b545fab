package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.Waiting.FOR_EVER;
import static dev.coatcheck.contracts.jobs.Waiting.claiming;
import static dev.coatcheck.contracts.jobs.Waiting.listening;
import static dev.coatcheck.contracts.jobs.Waiting.task;
import static dev.coatcheck.contracts.jobs.Waiting.waiting;
import static dev.coatcheck.contracts.jobs.Waiting.woken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who waits for work is woken when there is some, also by what happened between the last look and the wait. */
interface Awaiting extends JobsUnderTest {
    @Test
    default void who_waits_is_woken_by_a_new_job() throws Exception {
        var jobs = jobs();
        listening(jobs);
        for (int i = 0; i < 20; i++) {
            var waiter = claiming(jobs);
            enqueue(jobs, "");
            woken(waiter);
        }
    }

    @Test
    default void what_came_between_the_last_look_and_the_wait_is_not_missed() throws Exception {
        var jobs = jobs();
        listening(jobs);
        for (int i = 0; i < 20; i++) {
            assertThat(claim(jobs, 1, LONG)).isEmpty();
            enqueue(jobs, "");
            woken(waiting(jobs));
            jobs.complete(claimOne(jobs, LONG));
        }
    }

    @Test
    default void who_waits_is_woken_when_the_time_of_a_delayed_job_comes() throws Exception {
        var jobs = jobs();
        claim(jobs, 1, LONG);
        enqueue(jobs, NewJob.of(QUEUE, "").withDelay(Duration.ofMillis(300)));

        awaitUntilClaimed(jobs);
    }

    @Test
    default void who_waits_is_woken_when_another_gives_a_job_back() throws Exception {
        var jobs = jobs();
        listening(jobs);
        enqueue(jobs, "");
        var claimed = claimOne(jobs, LONG);
        var waiter = claiming(jobs);

        jobs.giveBack(List.of(claimed));

        woken(waiter);
    }

    @Test
    default void who_waits_is_woken_when_a_failed_job_may_be_tried_again() throws Exception {
        var jobs = jobs();
        var soon = Duration.ofMillis(200);
        enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.defaults().withDelays(soon, soon)));
        var claimed = claimOne(jobs, LONG);
        assertThat(claim(jobs, 1, LONG)).isEmpty();

        jobs.fail(claimed, "boom");

        awaitUntilClaimed(jobs);
    }

    @Test
    default void who_waits_is_woken_when_the_lease_of_another_ends() throws Exception {
        var jobs = jobs();
        enqueue(jobs, "");
        claimOne(jobs, SHORT);

        awaitUntilClaimed(jobs);
    }

    @Test
    default void who_waits_is_woken_when_a_dead_job_is_replayed() throws Exception {
        var jobs = jobs();
        listening(jobs);
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.never()));
        jobs.fail(claimOne(jobs, LONG), "boom");
        var waiter = claiming(jobs);

        jobs.replay(id);

        woken(waiter);
    }

    @Test
    default void who_waits_is_woken_when_a_job_of_a_full_group_is_dead() throws Exception {
        var jobs = jobs();
        listening(jobs);
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(1));
        var job = NewJob.of(QUEUE, "").withGroup("ada").withRetry(Retry.never());
        jobs.enqueueAll(List.of(job, job));
        var claimed = claimOne(jobs, LONG);
        var waiter = claiming(jobs);

        jobs.fail(claimed, "boom");

        woken(waiter);
    }

    @Test
    default void several_who_wait_get_the_jobs_between_them() throws Exception {
        var jobs = jobs();
        var waiters = List.of(working(jobs), working(jobs), working(jobs));

        for (int i = 0; i < waiters.size(); i++) {
            enqueue(jobs, "" + i);
        }

        for (var waiter : waiters) {
            woken(waiter);
        }
    }

    @Test
    default void a_wait_ends_at_its_time_out_and_at_once_when_interrupted() throws Exception {
        var jobs = jobs();
        jobs.awaitWork(Set.of(QUEUE), Duration.ofMillis(50));

        var waiter = task(() -> {
            while (true) {
                jobs.awaitWork(Set.of(QUEUE), FOR_EVER);
            }
        });
        var thread = Thread.ofVirtual().start(waiter);
        thread.interrupt();

        assertThatThrownBy(() -> waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }

    /** A thread that waits until it has claimed one job. */
    private static FutureTask<Void> working(Jobs jobs) {
        var task = task(() -> awaitUntilClaimed(jobs));
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void awaitUntilClaimed(Jobs jobs) throws InterruptedException {
        long begun = System.nanoTime();
        while (claim(jobs, 1, LONG).isEmpty()) {
            jobs.awaitWork(Set.of(QUEUE), FOR_EVER);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
    }
}
