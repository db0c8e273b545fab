package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.Enqueued.Added;
import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several jobs in one call, when they are enqueued and when they are done. */
interface Batching extends JobsUnderTest {

    @Test
    default void jobs_that_are_enqueued_together_are_claimed_in_their_order() {
        var jobs = jobs();
        var payloads = IntStream.range(0, Jobs.MAX_BATCH).mapToObj(i -> "" + i).toList();

        var enqueued = jobs.enqueueAll(
                payloads.stream().map(text -> NewJob.of(QUEUE, text)).toList());

        assertThat(enqueued).hasSize(Jobs.MAX_BATCH).allMatch(Added.class::isInstance);
        var claimed = claim(jobs, Jobs.MAX_BATCH, LONG);
        assertThat(claimed).extracting(ClaimedJob::payload).containsExactlyElementsOf(payloads);
        assertThat(claimed)
                .extracting(ClaimedJob::id)
                .containsExactlyElementsOf(enqueued.stream().map(Enqueued::id).toList());
    }

    @Test
    default void what_came_of_each_is_told_in_their_order() {
        var jobs = jobs();
        var there = enqueue(jobs, NewJob.of(QUEUE, "there").withUniqueKey("z"));

        var enqueued = jobs.enqueueAll(List.of(
                NewJob.of(QUEUE, "1"),
                NewJob.of(QUEUE, "2").withUniqueKey("z"),
                NewJob.of(QUEUE, "3").withUniqueKey("a"),
                NewJob.of("other", "4").withUniqueKey("a"),
                NewJob.of(QUEUE, "5").withUniqueKey("a")));

        var ids = enqueued.stream().map(Enqueued::id).toList();
        assertThat(enqueued)
                .containsExactly(
                        new Added(ids.get(0)),
                        new Duplicate(there),
                        new Added(ids.get(2)),
                        new Added(ids.get(3)),
                        new Duplicate(ids.get(2)));
        assertThat(claim(jobs, 10, LONG)).extracting(ClaimedJob::payload).containsExactly("there", "1", "3");
        assertThat(jobs.claim(Set.of("other"), 10, LONG))
                .extracting(ClaimedJob::payload)
                .containsExactly("4");
    }

    @Test
    default void those_who_enqueue_the_same_keys_in_any_order_do_not_wait_for_each_other_for_ever() {
        var jobs = jobs();
        var forwards = IntStream.range(0, 50)
                .mapToObj(i -> NewJob.of(QUEUE, "").withUniqueKey("" + i))
                .toList();
        var backwards = new ArrayList<>(forwards);
        Collections.reverse(backwards);

        for (int round = 0; round < 5; round++) {
            var results = Together.call(6, thread -> jobs.enqueueAll(thread % 2 == 0 ? forwards : backwards));

            assertThat(results.stream().flatMap(List::stream).filter(Added.class::isInstance))
                    .hasSize(50);
            assertThat(jobs.completeAll(claim(jobs, 100, LONG))).hasSize(50);
        }
    }

    @Test
    default void of_jobs_that_are_completed_together_those_that_are_held_no_longer_are_left_alone() {
        var jobs = jobs();
        for (int i = 0; i < 4; i++) {
            enqueue(jobs, "" + i);
        }
        var claimed = claim(jobs, 4, LONG);
        jobs.complete(claimed.get(0));
        jobs.giveBack(List.of(claimed.get(1)));

        assertThat(jobs.completeAll(claimed)).isEqualTo(Set.of(claimed.get(2), claimed.get(3)));

        assertThat(claimOne(jobs, LONG).id()).isEqualTo(claimed.get(1).id());
        assertThat(jobs.completeAll(claimed)).isEmpty();
    }

    @Test
    default void nothing_is_a_batch_too_and_more_than_may_be_is_refused() {
        var jobs = jobs();
        assertThat(jobs.enqueueAll(List.of())).isEmpty();
        assertThat(jobs.completeAll(Set.of())).isEmpty();

        var tooMany = Collections.nCopies(Jobs.MAX_BATCH + 1, NewJob.of(QUEUE, ""));
        assertThatThrownBy(() -> jobs.enqueueAll(tooMany))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000")
                .hasMessageContaining("1001");
        var claims = new HashSet<ClaimedJob>();
        enqueue(jobs, "");
        var one = claimOne(jobs, LONG);
        for (int fence = 0; fence <= Jobs.MAX_BATCH; fence++) {
            claims.add(new ClaimedJob(one.id(), QUEUE, Optional.empty(), "", 1, 1, fence));
        }
        assertThatThrownBy(() -> jobs.completeAll(claims)).isInstanceOf(IllegalArgumentException.class);
        assertThat(claim(jobs, 10, LONG)).isEmpty();
    }
}
