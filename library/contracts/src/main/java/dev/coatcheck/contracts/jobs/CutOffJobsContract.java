package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.LONG;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an adapter of {@link Jobs} passes while the network between one worker process and the store is cut. */
public abstract class CutOffJobsContract {
    /** TCP sends again what was lost, later and later: about as late as the cut was long. */
    private static final Duration AFTER_THE_MEND = Duration.ofSeconds(60);

    /** The jobs under test, in this JVM, which nothing cuts off. */
    protected abstract Jobs jobs();

    /** How another JVM gets at the same jobs, with time-outs of a few seconds. */
    protected abstract Class<? extends StoreFactory<Jobs>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    /** The command in front of that of a process whose network can be cut. */
    protected abstract List<String> enter();

    /** Cuts that network: nothing arrives any more, and nothing is refused. */
    protected abstract void cut();

    /** Mends it. */
    protected abstract void mend();

    @Test
    void a_job_whose_worker_is_cut_off_goes_on_in_another_when_its_lease_ends_and_the_first_can_no_longer_end_it() {
        var jobs = jobs();
        var id = enqueue(jobs, "{}");
        try (var worker = Peer.startIn(enter(), factory(), url(), JobActions.HoldAndComplete.class)) {
            assertThat(worker.hear()).isEqualTo("begun 1");
            cut();

            var claimed = awaitClaim(jobs, LONG);

            assertThat(claimed.id()).isEqualTo(id);
            assertThat(claimed.attempt()).isEqualTo(2);
            assertThat(worker.hear()).as("it knows by its own clock").isEqualTo("interrupted");
            worker.say("complete"); // which may still be on its way when the link is mended
            assertThat(worker.hear()).isEqualTo("cannot be told");
            mend();
            assertThat(answerAfterTheMend(worker)).isEqualTo("completed false");
            assertThat(find(jobs, id).state()).isEqualTo(JobState.RUNNING);
            assertThat(claim(jobs, 1, LONG)).isEmpty();
            assertThat(jobs.complete(claimed)).isTrue();
        }
    }

    private static String answerAfterTheMend(Peer worker) {
        return await().atMost(AFTER_THE_MEND)
                .until(
                        () -> {
                            worker.say("complete");
                            return worker.hear();
                        },
                        answer -> !answer.equals("cannot be told"));
    }
}
