package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.Enqueued.Added;
import dev.coatcheck.state.jobs.FailResult.Lost;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/** What people look at and change: lists in pages, cancelled jobs, dead letters, progress. */
interface Controlling extends JobsUnderTest {

    @Test
    default void jobs_are_listed_by_queue_and_state_in_pages_each_once() {
        var jobs = jobs();
        for (int i = 0; i < 30; i++) {
            var job = NewJob.of(QUEUE, "" + i).withPriority(i % 3).withRetry(Retry.never());
            enqueue(jobs, i % 2 == 0 ? job : job.withGroup("group " + i % 4));
        }
        enqueue(jobs, NewJob.of("other", "").withPriority(9));
        claim(jobs, 7, LONG);
        claim(jobs, 6, LONG).forEach(job -> jobs.fail(job, "boom"));

        for (var state : JobState.values()) {
            var all = jobs.list(QUEUE, state, Jobs.MAX_PAGE);
            assertThat(all)
                    .hasSize(
                            switch (state) {
                                case WAITING -> 17;
                                case RUNNING -> 7;
                                case DEAD -> 6;
                            });
            assertThat(all).allMatch(job -> job.state() == state && job.queue().equals(QUEUE));
            var paged = new ArrayList<StoredJob>();
            for (var page = jobs.list(QUEUE, state, 4);
                    !page.isEmpty();
                    page = jobs.listAfter(page.get(page.size() - 1), 4)) {
                assertThat(page).hasSizeBetween(1, 4);
                paged.addAll(page);
            }
            assertThat(paged).isEqualTo(all);
        }
        assertThat(jobs.list(QUEUE, JobState.WAITING, Jobs.MAX_PAGE))
                .extracting(StoredJob::priority)
                .isSortedAccordingTo((one, other) -> other - one);
        assertThat(jobs.list("empty", JobState.WAITING, 5)).isEmpty();
        assertThatThrownBy(() -> jobs.list(QUEUE, JobState.DEAD, Jobs.MAX_PAGE + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1001");
    }

    @Test
    default void a_page_goes_on_where_the_one_before_ended_although_its_jobs_are_gone() {
        var jobs = jobs();
        for (int i = 0; i < 6; i++) {
            enqueue(jobs, "" + i);
        }
        var first = jobs.list(QUEUE, JobState.WAITING, 3);
        jobs.completeAll(claim(jobs, 3, LONG));

        assertThat(jobs.listAfter(first.get(2), 3))
                .extracting(StoredJob::payload)
                .containsExactly("3", "4", "5");
    }

    @Test
    default void a_job_that_waits_is_cancelled_and_never_runs() {
        var jobs = jobs();
        var job = NewJob.of(QUEUE, "").withUniqueKey("1");
        var id = enqueue(jobs, job);

        assertThat(jobs.cancel(id)).contains(JobState.WAITING);

        assertThat(jobs.find(id)).isEmpty();
        assertThat(claim(jobs, 1, LONG)).isEmpty();
        assertThat(jobs.cancel(id)).isEmpty();
        assertThat(jobs.enqueue(job)).isInstanceOf(Added.class);
    }

    @Test
    default void a_job_that_runs_is_cancelled_and_lost_to_its_worker() {
        var jobs = jobs();
        var id = enqueue(jobs, "");
        var claimed = claimOne(jobs, LONG);

        assertThat(jobs.cancel(id)).contains(JobState.RUNNING);

        assertThat(jobs.renew(List.of(claimed), LONG)).isEmpty();
        assertThat(jobs.complete(claimed)).isFalse();
        assertThat(jobs.fail(claimed, "late")).isEqualTo(new Lost());
        jobs.giveBack(List.of(claimed));
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    default void a_dead_letter_is_cancelled_for_good() {
        var jobs = jobs();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.never()));
        jobs.fail(claimOne(jobs, LONG), "boom");

        assertThat(jobs.cancel(id)).contains(JobState.DEAD);

        assertThat(jobs.replay(id)).isFalse();
        assertThat(jobs.cancel(new JobId(UUID.randomUUID()))).isEmpty();
    }

    @Test
    default void who_watches_hears_of_cancelled_jobs_that_run_until_the_watch_ends() {
        var jobs = jobs();
        var heard = new AtomicInteger();
        var watch = jobs.onCancel(heard::incrementAndGet);
        // A store may be slow to listen, and calls back when it does, since it may have missed something.
        await().atMost(PATIENCE)
                .ignoreException(ConditionTimeoutException.class)
                .until(() -> {
                    var id = enqueue(jobs, "");
                    claimOne(jobs, LONG);
                    int before = heard.get();
                    jobs.cancel(id);
                    await().atMost(Duration.ofSeconds(1)).until(() -> heard.get() > before);
                    return true;
                });
        watch.close();
        int last = heard.get();
        var other = new AtomicInteger();
        try (var second = jobs.onCancel(other::incrementAndGet)) {
            assertThat(second).isNotNull();
            var id = enqueue(jobs, "");
            claimOne(jobs, LONG);
            jobs.cancel(id);
            await().atMost(PATIENCE).until(() -> other.get() > 0);
        }
        assertThat(heard).hasValue(last);
    }

    @Test
    default void all_dead_letters_of_a_queue_are_replayed_at_once() {
        var jobs = jobs();
        for (int i = 0; i < 5; i++) {
            enqueue(jobs, NewJob.of(QUEUE, "" + i).withRetry(Retry.never()).withUniqueKey("" + i));
        }
        claim(jobs, 5, LONG).forEach(job -> jobs.fail(job, "boom"));
        enqueue(jobs, NewJob.of(QUEUE, "holds the key").withUniqueKey("2"));

        assertThat(jobs.replayAll(QUEUE, 2)).isEqualTo(2);
        assertThat(jobs.replayAll(QUEUE, Jobs.MAX_PAGE)).isEqualTo(2);
        assertThat(jobs.replayAll("other", 10)).isZero();

        assertThat(jobs.list(QUEUE, JobState.DEAD, 5))
                .extracting(StoredJob::payload)
                .containsExactly("2");
        assertThat(claim(jobs, 10, LONG)).hasSize(5);
    }

    @Test
    default void a_dead_letter_whose_key_another_has_keeps_no_other_from_being_replayed() {
        var jobs = jobs();
        enqueue(jobs, NewJob.of(QUEUE, "first").withRetry(Retry.never()));
        jobs.fail(claimOne(jobs, LONG), "boom");
        enqueue(jobs, NewJob.of(QUEUE, "last").withRetry(Retry.never()).withUniqueKey("key"));
        jobs.fail(claimOne(jobs, LONG), "boom");
        enqueue(jobs, NewJob.of(QUEUE, "holds the key").withUniqueKey("key"));

        assertThat(jobs.replayAll(QUEUE, 1)).isEqualTo(1);
        assertThat(jobs.replayAll(QUEUE, 1)).isZero();
    }

    @Test
    default void what_a_handler_reports_is_seen_until_it_reports_again() {
        var jobs = jobs();
        var id = enqueue(jobs, "");
        var claimed = claimOne(jobs, LONG);
        assertThat(find(jobs, id).progress()).isEmpty();

        assertThat(jobs.report(claimed, "1 of 3")).isTrue();
        assertThat(find(jobs, id).progress()).contains("1 of 3");
        assertThat(jobs.report(claimed, "🧥".repeat(1_000))).isTrue();
        assertThat(find(jobs, id).progress().orElseThrow()).hasSize(Jobs.MAX_PROGRESS_BYTES / 2);

        jobs.giveBack(List.of(claimed));
        assertThat(jobs.report(claimed, "late")).isFalse();
        assertThat(find(jobs, id).progress().orElseThrow()).startsWith("🧥");
    }
}
