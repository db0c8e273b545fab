package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.LONG;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.PATIENCE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.QUEUE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobInbox;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.RelayedJob;
import dev.coatcheck.state.jobs.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a store passes that jobs are relayed to: each is there once, however often it is told of it. */
public abstract class JobInboxContract {

    /** The jobs under test: of a store that holds nothing of another test, and the same at each call of one test. */
    protected abstract Jobs jobs();

    /** The same store. */
    protected abstract JobInbox inbox();

    @Test
    void a_relayed_job_waits_as_it_was_enqueued_under_the_id_that_it_had() {
        var relayed = relayed(NewJob.of(QUEUE, "{}")
                .withGroup("ada")
                .withPriority(3)
                .withUniqueKey("1")
                .withRetry(Retry.defaults().withMaxAttempts(7)));

        inbox().accept(List.of(relayed));

        var id = relayed.id();
        assertThat(jobs().enqueue(NewJob.of(QUEUE, "").withUniqueKey("1"))).isEqualTo(new Duplicate(id));
        var job = find(jobs(), id);
        assertThat(job.payload()).isEqualTo("{}");
        assertThat(job.group()).contains("ada");
        assertThat(job.priority()).isEqualTo(3);
        assertThat(job.maxAttempts()).isEqualTo(7);
        assertThat(job.state()).isEqualTo(JobState.WAITING);
        assertThat(claimOne(jobs(), LONG).id()).isEqualTo(id);
    }

    @Test
    void a_job_that_comes_again_is_not_added_again_although_it_was_done_or_confirmed_meanwhile() {
        var waits = relayed(NewJob.of(QUEUE, "waits"));
        var done = relayed(NewJob.of(QUEUE, "done").withPriority(1));
        inbox().accept(List.of(waits, done));
        jobs().completeAll(claim(jobs(), 1, LONG));

        inbox().accept(List.of(waits, done, relayed(NewJob.of(QUEUE, "new"))));
        inbox().confirm(List.of(waits.id(), done.id()));
        inbox().accept(List.of(done, waits));

        assertThat(claim(jobs(), 10, LONG)).extracting(ClaimedJob::payload).containsExactly("waits", "new");
    }

    @Test
    void a_job_whose_key_another_has_is_left_out_also_when_it_comes_again() {
        var holder = enqueue(jobs(), NewJob.of(QUEUE, "holder").withUniqueKey("1"));
        var relayed = relayed(NewJob.of(QUEUE, "relayed").withUniqueKey("1"));

        inbox().accept(List.of(relayed));
        jobs().cancel(holder);
        inbox().accept(List.of(relayed));

        assertThat(claim(jobs(), 10, LONG)).isEmpty();
    }

    @Test
    void of_many_who_bring_the_same_jobs_at_once_each_job_is_added_once_and_in_order() {
        var relayed = IntStream.range(0, 50)
                .mapToObj(i -> relayed(NewJob.of(QUEUE, "" + i)))
                .toList();

        Together.run(4, thread -> inbox().accept(relayed));

        assertThat(claim(jobs(), 100, LONG))
                .extracting(ClaimedJob::id)
                .containsExactlyElementsOf(relayed.stream().map(RelayedJob::id).toList());
    }

    @Test
    void who_waits_is_woken_by_what_is_relayed_and_its_delay_counts() throws Exception {
        long begun = System.nanoTime();
        inbox().accept(List.of(relayed(NewJob.of(QUEUE, "").withDelay(Duration.ofMillis(300)))));
        while (claim(jobs(), 1, LONG).isEmpty()) {
            jobs().awaitWork(Set.of(QUEUE), Duration.ofMinutes(10));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(200), PATIENCE);
    }

    @Test
    void nothing_is_a_batch_too() {
        inbox().accept(List.of());
        inbox().confirm(List.of());
        inbox().confirm(List.of(JobId.next()));

        assertThat(jobs().depths()).isEmpty();
    }

    private static RelayedJob relayed(NewJob job) {
        return new RelayedJob(JobId.next(), job);
    }
}
