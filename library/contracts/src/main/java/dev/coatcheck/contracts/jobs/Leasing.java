package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.FailResult.Lost;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A worker has a job for as long as it renews, and what it has lost it cannot touch. */
interface Leasing extends JobsUnderTest {

    @Test
    default void a_job_whose_lease_has_ended_is_claimed_by_another_as_the_next_attempt() {
        var jobs = jobs();
        var id = enqueue(jobs, "{}");
        var lost = claimOne(jobs, SHORT);

        var claimed = awaitClaim(jobs, LONG);

        assertThat(claimed)
                .isEqualTo(new ClaimedJob(id, QUEUE, Optional.empty(), "{}", 2, lost.maxAttempts(), claimed.fence()));
        assertThat(claimed.fence()).isGreaterThan(lost.fence());
    }

    @Test
    default void a_worker_that_has_lost_a_job_can_do_nothing_to_it() {
        var jobs = jobs();
        var id = enqueue(jobs, "");
        var lost = claimOne(jobs, SHORT);
        var claimed = awaitClaim(jobs, LONG);

        assertThat(jobs.complete(lost)).isFalse();
        assertThat(jobs.fail(lost, "late")).isEqualTo(new Lost());
        assertThat(jobs.renew(List.of(lost), LONG)).isEmpty();
        jobs.giveBack(List.of(lost));

        assertThat(find(jobs, id).state()).isEqualTo(JobState.RUNNING);
        assertThat(find(jobs, id).lastError()).isEmpty();
        assertThat(claim(jobs, 1, LONG)).isEmpty();
        assertThat(jobs.complete(claimed)).isTrue();
    }

    @Test
    default void a_claim_that_was_lost_is_not_held_although_the_same_worker_has_the_job_again() {
        var jobs = jobs();
        enqueue(jobs, "");
        var lost = claimOne(jobs, SHORT);
        var claimed = awaitClaim(jobs, LONG);

        assertThat(jobs.renew(List.of(lost, claimed), LONG)).containsExactly(claimed);
        assertThat(jobs.completeAll(List.of(claimed, lost))).containsExactly(claimed);
    }

    @Test
    default void a_worker_that_is_late_may_still_complete_what_nobody_else_has_claimed() {
        var jobs = jobs();
        enqueue(jobs, "");
        var claimed = claimOne(jobs, Duration.ofMillis(1));
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);

        assertThat(jobs.renew(List.of(claimed), Duration.ofMillis(1))).containsExactly(claimed);
        assertThat(jobs.complete(claimed)).isTrue();
    }

    @Test
    default void a_lease_that_is_renewed_does_not_end() {
        var jobs = jobs();
        enqueue(jobs, "");
        var lease = Duration.ofSeconds(3);
        var claimed = claimOne(jobs, lease);

        await().during(lease.plusSeconds(1))
                .atMost(PATIENCE)
                .pollInterval(lease.dividedBy(10))
                .until(() -> jobs.renew(List.of(claimed), lease).equals(Set.of(claimed))
                        && claim(jobs, 1, LONG).isEmpty());

        assertThat(awaitClaim(jobs, LONG).attempt()).isEqualTo(2);
    }

    @Test
    default void renewing_tells_which_jobs_are_still_held() {
        var jobs = jobs();
        for (int i = 0; i < 4; i++) {
            enqueue(jobs, "" + i);
        }
        var claimed = claim(jobs, 4, LONG);
        jobs.complete(claimed.get(1));
        jobs.giveBack(List.of(claimed.get(2)));

        assertThat(jobs.renew(claimed, LONG)).isEqualTo(Set.of(claimed.get(0), claimed.get(3)));
        assertThat(jobs.renew(List.of(), LONG)).isEmpty();
    }

    @Test
    default void a_job_that_costs_each_of_its_workers_the_lease_is_dead_in_the_end() {
        var jobs = jobs();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(AT_ONCE.withMaxAttempts(3)));
        var fences = new HashSet<Long>();
        for (int attempt = 1; attempt <= 3; attempt++) {
            var claimed = awaitClaim(jobs, Duration.ofMillis(20));
            assertThat(claimed.attempt()).isEqualTo(attempt);
            assertThat(fences.add(claimed.fence())).isTrue();
        }

        await().atMost(PATIENCE).until(() -> {
            assertThat(claim(jobs, 1, LONG)).isEmpty();
            return find(jobs, id).state() == JobState.DEAD;
        });
        assertThat(find(jobs, id).attempts()).isEqualTo(3);
        assertThat(find(jobs, id).lastError()).isPresent();
        assertThat(jobs.list(QUEUE, JobState.DEAD, 10)).hasSize(1);
        assertThat(jobs.replay(id)).isTrue();
    }

    @Test
    default void dead_jobs_do_not_hide_the_jobs_behind_them() {
        var jobs = jobs();
        for (int i = 0; i < 3; i++) {
            enqueue(jobs, NewJob.of(QUEUE, "poison").withPriority(1).withRetry(AT_ONCE.withMaxAttempts(1)));
        }
        enqueue(jobs, "sound");
        assertThat(claim(jobs, 3, Duration.ofMillis(1)))
                .extracting(ClaimedJob::payload)
                .containsOnly("poison");
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);

        assertThat(claimOne(jobs, LONG).payload()).isEqualTo("sound");
    }
}
