package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.depth;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static dev.coatcheck.contracts.jobs.Waiting.claiming;
import static dev.coatcheck.contracts.jobs.Waiting.listening;
import static dev.coatcheck.contracts.jobs.Waiting.woken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Groups take turns, and keep to their limits. */
interface Grouping extends JobsUnderTest {
    Duration HOUR = Duration.ofHours(1);

    @Test
    default void a_job_of_a_group_says_so_wherever_it_is_seen() {
        var jobs = jobs();
        var id = enqueue(jobs, of("ada", "1"));

        assertThat(find(jobs, id).group()).contains("ada");
        assertThat(claimOne(jobs, LONG).group()).contains("ada");
        assertThatThrownBy(() -> of("", "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void the_window_of_a_rate_is_a_millisecond_at_least() {
        var jobs = jobs();
        assertThatThrownBy(() -> GroupLimit.none().withRate(1, Duration.ofNanos(999_999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 ms");

        jobs.limitGroups(QUEUE, GroupLimit.none().withRate(1_000_000, Duration.ofMillis(1)));
        enqueueMany(jobs, "ada", 3);
        assertThat(claim(jobs, 10, LONG)).hasSize(3);
    }

    @Test
    default void groups_take_turns_whatever_waits_in_each_of_them() {
        var jobs = jobs();
        enqueueMany(jobs, "big", 50);
        enqueueMany(jobs, "small", 3);
        enqueue(jobs, NewJob.of(QUEUE, "without a group"));
        enqueueMany(jobs, "tiny", 1);

        var order = new ArrayList<String>();
        for (int i = 0; i < 9; i++) {
            order.add(claim(jobs, 1, LONG).get(0).group().orElse("none"));
        }

        assertThat(order.subList(0, 4)).containsExactlyInAnyOrder("big", "small", "tiny", "none");
        assertThat(order.subList(4, 6)).containsExactlyInAnyOrder("big", "small");
        assertThat(order.subList(6, 8)).containsExactlyInAnyOrder("big", "small");
        assertThat(order.subList(8, 9)).containsExactly("big");
        assertThat(claim(jobs, 100, LONG)).hasSize(46);
    }

    @Test
    default void what_another_worker_takes_from_other_queues_or_from_no_group_changes_no_turn() {
        var jobs = jobs();
        for (var group : List.of("a", "b", "c")) {
            enqueueMany(jobs, group, 3);
        }
        for (int i = 0; i < 3; i++) {
            enqueue(jobs, NewJob.of("other", "").withGroup("z"));
        }

        var order = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            order.addAll(claim(jobs, 1, LONG).stream()
                    .flatMap(job -> job.group().stream())
                    .toList());
            assertThat(jobs.claim(Set.of("other"), 1, LONG)).hasSize(1);
            enqueue(jobs, NewJob.of(QUEUE, "urgent").withPriority(1));
            assertThat(payloads(claim(jobs, 1, LONG))).containsExactly("urgent");
        }

        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    default void a_claim_of_several_jobs_takes_of_every_group() {
        var jobs = jobs();
        enqueueMany(jobs, "big", 100);
        enqueueMany(jobs, "small", 10);

        var claimed = claim(jobs, 20, LONG);

        assertThat(claimed).hasSize(20);
        assertThat(of("small", claimed)).hasSizeBetween(6, 10);
        assertThat(of("big", claimed)).isNotEmpty();
        assertThat(claim(jobs, 200, LONG)).hasSize(90);
    }

    @Test
    default void within_a_group_priority_and_then_age_decide_and_priority_goes_before_turns() {
        var jobs = jobs();
        enqueueMany(jobs, "ada", 2);
        enqueue(jobs, of("ada", "urgent").withPriority(1));
        enqueue(jobs, of("bob", "also urgent").withPriority(1));

        assertThat(payloads(claim(jobs, 2, LONG))).containsExactlyInAnyOrder("urgent", "also urgent");
        assertThat(payloads(claim(jobs, 2, LONG))).containsExactly("ada 0", "ada 1");
    }

    @Test
    default void groups_that_have_nothing_to_do_yet_hold_up_nobody() {
        var jobs = jobs();
        for (int i = 0; i < 50; i++) {
            enqueue(jobs, of("delayed " + i, "").withDelay(HOUR));
        }
        enqueue(jobs, of("m", "due"));

        assertThat(payloads(claim(jobs, 10, LONG))).containsExactly("due");
        assertThat(claim(jobs, 10, LONG)).isEmpty();
    }

    @Test
    default void no_more_jobs_of_a_group_run_at_once_than_it_may() {
        var jobs = jobs();
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(2));
        enqueueMany(jobs, "ada", 5);
        enqueueMany(jobs, "bob", 1);

        var claimed = claim(jobs, 10, LONG);
        assertThat(of("ada", claimed)).hasSize(2);
        assertThat(of("bob", claimed)).hasSize(1);
        assertThat(claim(jobs, 10, LONG)).isEmpty();

        jobs.complete(of("ada", claimed).get(0));
        assertThat(claim(jobs, 10, LONG)).hasSize(1);
        jobs.giveBack(of("ada", claimed).subList(1, 2));
        assertThat(claim(jobs, 10, LONG)).hasSize(1);
        assertThat(claim(jobs, 10, LONG)).isEmpty();
    }

    @Test
    default void a_limit_that_is_lowered_takes_nothing_away_from_what_runs() {
        var jobs = jobs();
        enqueueMany(jobs, "ada", 5);
        var claimed = claim(jobs, 3, LONG);

        jobs.limitGroup(QUEUE, "ada", GroupLimit.none().withConcurrency(2));

        assertThat(claim(jobs, 5, LONG)).isEmpty();
        assertThat(jobs.renew(claimed, LONG)).hasSize(3);
        jobs.completeAll(claimed.subList(0, 2));
        assertThat(claim(jobs, 5, LONG)).hasSize(1);
    }

    @Test
    default void the_place_of_a_worker_that_died_is_free_when_its_lease_ends() {
        var jobs = jobs();
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(1));
        enqueueMany(jobs, "ada", 2);
        var lost = claim(jobs, 10, SHORT);
        assertThat(lost).hasSize(1);

        assertThat(awaitClaim(jobs, LONG).group()).contains("ada");
        assertThat(claim(jobs, 10, LONG)).isEmpty();
    }

    @Test
    default void many_who_claim_at_once_keep_to_a_limit_together() {
        var jobs = jobs();
        int most = 3;
        jobs.limitGroup(QUEUE, "ada", GroupLimit.none().withConcurrency(most));
        enqueueMany(jobs, "ada", 60);
        enqueueMany(jobs, "bob", 60);

        for (int round = 0; round < 20; round++) {
            var claimed = Together.call(6, thread -> claim(jobs, 1 + thread, LONG)).stream()
                    .flatMap(List::stream)
                    .toList();
            assertThat(of("ada", claimed)).hasSizeLessThanOrEqualTo(most);
            jobs.completeAll(claimed);
        }

        for (var rest = claim(jobs, 100, LONG); !rest.isEmpty(); rest = claim(jobs, 100, LONG)) {
            jobs.completeAll(rest);
        }
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    default void a_group_starts_no_more_jobs_in_a_window_than_it_may() {
        var jobs = jobs();
        jobs.limitGroups(QUEUE, GroupLimit.none().withRate(7, HOUR));
        enqueueMany(jobs, "ada", 10);
        enqueueMany(jobs, "bob", 2);

        var claimed = new ArrayList<ClaimedJob>();
        for (int i = 0; i < 6; i++) {
            var batch = claim(jobs, 2, LONG);
            claimed.addAll(batch);
            jobs.completeAll(batch);
        }

        assertThat(of("ada", claimed)).hasSize(7);
        assertThat(of("bob", claimed)).hasSize(2);
        assertThat(claim(jobs, 10, LONG)).isEmpty();
    }

    @Test
    default void who_waits_is_woken_when_the_rate_of_a_group_has_room_again() throws Exception {
        var jobs = jobs();
        jobs.limitGroups(QUEUE, GroupLimit.none().withRate(2, Duration.ofSeconds(1)));
        enqueueMany(jobs, "ada", 3);
        assertThat(claim(jobs, 10, LONG)).hasSize(2);

        claimWhenWoken(jobs);
    }

    @Test
    default void who_waits_is_woken_when_a_job_of_a_full_group_is_done_and_when_its_limit_is_changed()
            throws Exception {
        var jobs = jobs();
        listening(jobs);
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(1));
        enqueueMany(jobs, "ada", 3);
        var claimed = claim(jobs, 10, LONG);
        assertThat(claimed).hasSize(1);

        var second = claiming(jobs);
        jobs.completeAll(claimed);
        woken(second);

        var third = claiming(jobs);
        jobs.limitGroups(QUEUE, GroupLimit.none());
        woken(third);
        assertThat(depth(jobs).running()).isEqualTo(2);
    }

    @Test
    default void a_limit_is_the_queues_own_and_a_groups_own_comes_before_that_of_all() {
        var jobs = jobs();
        jobs.limitGroups(QUEUE, GroupLimit.none().withConcurrency(1));
        jobs.limitGroup(QUEUE, "ada", GroupLimit.none().withConcurrency(3));
        enqueueMany(jobs, "ada", 5);
        enqueueMany(jobs, "bob", 5);
        IntStream.range(0, 5)
                .forEach(i -> enqueue(jobs, NewJob.of("other", "" + i).withGroup("bob")));
        IntStream.range(0, 2).forEach(i -> enqueue(jobs, NewJob.of(QUEUE, "free " + i)));

        var claimed = jobs.claim(Set.of(QUEUE, "other"), 100, LONG);

        assertThat(of("ada", claimed)).hasSize(3);
        assertThat(of("bob", claimed)).hasSize(6);
        assertThat(claimed).hasSize(11);

        jobs.limitGroup(QUEUE, "ada", GroupLimit.none());
        assertThat(claim(jobs, 100, LONG)).isEmpty();
        jobs.limitGroups(QUEUE, GroupLimit.none());
        assertThat(claim(jobs, 100, LONG)).hasSize(6);
    }

    private static void claimWhenWoken(Jobs jobs) throws InterruptedException {
        long begun = System.nanoTime();
        while (claim(jobs, 1, LONG).isEmpty()) {
            jobs.awaitWork(Set.of(QUEUE), Duration.ofMinutes(10));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
    }

    private static NewJob of(String group, String payload) {
        return NewJob.of(QUEUE, payload).withGroup(group);
    }

    private static void enqueueMany(Jobs jobs, String group, int count) {
        jobs.enqueueAll(IntStream.range(0, count)
                .mapToObj(i -> of(group, group + " " + i))
                .toList());
    }

    private static List<ClaimedJob> of(String group, List<ClaimedJob> claimed) {
        return claimed.stream()
                .filter(job -> job.group().equals(Optional.of(group)))
                .toList();
    }

    private static List<String> payloads(List<ClaimedJob> claimed) {
        return claimed.stream().map(ClaimedJob::payload).toList();
    }
}
