package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who claims gets the most urgent jobs, no more than asked for, and nobody else gets them. */
interface Claiming extends JobsUnderTest {

    @Test
    default void a_claimed_job_is_as_it_was_enqueued_and_runs() {
        var jobs = jobs();
        var id = enqueue(
                jobs,
                NewJob.of(QUEUE, "{\"to\":\"ada\"}")
                        .withUniqueKey("1")
                        .withRetry(Retry.defaults().withMaxAttempts(3)));

        var claimed = claimOne(jobs, LONG);

        assertThat(claimed)
                .isEqualTo(new ClaimedJob(id, QUEUE, Optional.empty(), "{\"to\":\"ada\"}", 1, 3, claimed.fence()));
        assertThat(find(jobs, id).state()).isEqualTo(JobState.RUNNING);
        assertThat(find(jobs, id).attempts()).isEqualTo(1);
        assertThat(find(jobs, id).runAt()).isEqualTo(find(jobs, id).enqueuedAt());
    }

    @Test
    default void a_queue_with_nothing_in_it_gives_nothing_at_once() {
        var jobs = jobs();
        assertThat(claim(jobs, 10, LONG)).isEmpty();

        enqueue(jobs, NewJob.of("other", ""));
        assertThat(claim(jobs, 10, LONG)).isEmpty();
    }

    @Test
    default void no_more_jobs_are_claimed_than_asked_for_and_none_twice() {
        var jobs = jobs();
        IntStream.range(0, 5).forEach(i -> enqueue(jobs, "" + i));

        assertThat(payloads(claim(jobs, 3, LONG))).containsExactly("0", "1", "2");
        assertThat(payloads(claim(jobs, 3, LONG))).containsExactly("3", "4");
        assertThat(claim(jobs, 3, LONG)).isEmpty();
    }

    @Test
    default void greater_priority_comes_first_and_then_what_has_waited_longest() {
        var jobs = jobs();
        enqueue(jobs, NewJob.of(QUEUE, "low").withPriority(-5));
        enqueue(jobs, NewJob.of(QUEUE, "first"));
        enqueue(jobs, NewJob.of(QUEUE, "second"));
        enqueue(jobs, NewJob.of(QUEUE, "urgent").withPriority(NewJob.MAX_PRIORITY));
        enqueue(jobs, NewJob.of(QUEUE, "not yet").withPriority(9).withDelay(LONG));
        enqueue(jobs, NewJob.of(QUEUE, "last").withPriority(NewJob.MIN_PRIORITY));

        assertThat(payloads(claim(jobs, 1, LONG))).containsExactly("urgent");
        assertThat(payloads(claim(jobs, 10, LONG))).containsExactly("first", "second", "low", "last");
    }

    @Test
    default void each_priority_that_a_job_may_have_is_visited_in_turn_and_there_are_no_others() {
        var jobs = jobs();
        var priorities = IntStream.rangeClosed(NewJob.MIN_PRIORITY, NewJob.MAX_PRIORITY);
        jobs.enqueueAll(priorities
                .mapToObj(priority -> NewJob.of(QUEUE, "" + priority).withPriority(priority))
                .toList());

        var order = IntStream.rangeClosed(-NewJob.MAX_PRIORITY, -NewJob.MIN_PRIORITY)
                .mapToObj(priority -> "" + -priority)
                .toList();
        assertThat(payloads(claim(jobs, order.size(), LONG))).isEqualTo(order);
        for (int beyond : new int[] {NewJob.MIN_PRIORITY - 1, NewJob.MAX_PRIORITY + 1}) {
            assertThatThrownBy(() -> NewJob.of(QUEUE, "").withPriority(beyond))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("" + beyond);
        }
    }

    @Test
    default void several_queues_are_claimed_from_as_if_they_were_one() {
        var jobs = jobs();
        enqueue(jobs, NewJob.of("a", "a0"));
        enqueue(jobs, NewJob.of("b", "b0"));
        enqueue(jobs, NewJob.of("c", "nobody asks for it").withPriority(9));
        enqueue(jobs, NewJob.of("a", "a1"));
        enqueue(jobs, NewJob.of("b", "b1").withPriority(1));

        assertThat(payloads(jobs.claim(Set.of("a", "b", "empty"), 3, LONG))).containsExactly("b1", "a0", "b0");
        assertThat(payloads(jobs.claim(Set.of("a", "b", "empty"), 3, LONG))).containsExactly("a1");
    }

    @Test
    default void many_who_claim_at_once_get_every_job_and_each_once() {
        var jobs = jobs();
        int total = 400;
        var expected = new HashSet<String>();
        for (int i = 0; i < total; i++) {
            enqueue(jobs, "" + i);
            expected.add("" + i);
        }

        var claimed = Together.call(8, thread -> {
            var mine = new ArrayList<ClaimedJob>();
            List<ClaimedJob> batch;
            do {
                batch = claim(jobs, 1 + thread, LONG);
                mine.addAll(batch);
                batch.forEach(job -> assertThat(jobs.complete(job)).isTrue());
            } while (!batch.isEmpty());
            return mine;
        });

        var all =
                claimed.stream().flatMap(List::stream).map(ClaimedJob::payload).toList();
        assertThat(all).hasSize(total);
        assertThat(new HashSet<>(all)).isEqualTo(expected);
    }

    private static List<String> payloads(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::payload).toList();
    }
}
