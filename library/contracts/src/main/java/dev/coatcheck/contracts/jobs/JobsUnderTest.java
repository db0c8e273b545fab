package dev.coatcheck.contracts.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What the parts of the contract share: the store, and the few steps that nearly every test begins with. */
interface JobsUnderTest {
    /** The queue of most tests. */
    String QUEUE = "mail";

    /** A lease that does not end while a test runs. */
    Duration LONG = Duration.ofMinutes(5);

    /** A lease whose end a test waits for. */
    Duration SHORT = Duration.ofMillis(200);

    /** How long something may take that is bound to happen. */
    Duration PATIENCE = Duration.ofSeconds(20);

    Retry AT_ONCE = Retry.defaults().withDelays(Duration.ZERO, Duration.ZERO);

    Jobs jobs();

    /** Enqueues a job that is bound to be added. */
    static JobId enqueue(Jobs jobs, NewJob job) {
        var enqueued = jobs.enqueue(job);
        assertThat(enqueued).isInstanceOf(Enqueued.Added.class);
        return enqueued.id();
    }

    static JobId enqueue(Jobs jobs, String payload) {
        return enqueue(jobs, NewJob.of(QUEUE, payload));
    }

    static List<ClaimedJob> claim(Jobs jobs, int max, Duration lease) {
        return jobs.claim(Set.of(QUEUE), max, lease);
    }

    /** Claims the one job that is bound to be there. */
    static ClaimedJob claimOne(Jobs jobs, Duration lease) {
        var claimed = claim(jobs, 2, lease);
        assertThat(claimed).hasSize(1);
        return claimed.get(0);
    }

    /** Claims the one job that is bound to become claimable. */
    static ClaimedJob awaitClaim(Jobs jobs, Duration lease) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> claim(jobs, 1, lease), claimed -> !claimed.isEmpty())
                .get(0);
    }

    /** How much is in the queue of most tests. */
    static QueueDepth depth(Jobs jobs) {
        return jobs.depths().getOrDefault(QUEUE, new QueueDepth(0, 0, 0, 0, Duration.ZERO));
    }

    /** A job that is bound to be there. */
    static StoredJob find(Jobs jobs, JobId id) {
        return jobs.find(id).orElseThrow(() -> new AssertionError("no job " + id));
    }
}
