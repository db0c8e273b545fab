package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.LONG;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.PATIENCE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.QUEUE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.awaitClaim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Jobs} passes whose store several processes can reach: two JVMs, one of them killed. */
public abstract class SharedJobsContract {

    /** The jobs under test, in this JVM. */
    protected abstract Jobs jobs();

    /** How another JVM gets at the same jobs. */
    protected abstract Class<? extends StoreFactory<Jobs>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void a_job_whose_worker_process_is_killed_goes_on_in_another_when_its_lease_ends() {
        var jobs = jobs();
        var id = enqueue(jobs, "{}");
        try (var peer = start(JobActions.ClaimAndHold.class, "4000")) {
            assertThat(peer.hear()).isEqualTo("claimed 1");
            assertThat(claim(jobs, 1, LONG)).isEmpty();
            peer.kill();
        }

        var claimed = awaitClaim(jobs, LONG);

        assertThat(claimed.id()).isEqualTo(id);
        assertThat(claimed.attempt()).isEqualTo(2);
        assertThat(jobs.complete(claimed)).isTrue();
    }

    @Test
    void a_job_that_kills_its_worker_process_each_time_is_dead_in_the_end() {
        var jobs = jobs();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(Retry.defaults().withMaxAttempts(2)));
        for (int attempt = 1; attempt <= 2; attempt++) {
            try (var peer = start(JobActions.ClaimAndHold.class, "200")) {
                assertThat(peer.hear()).isEqualTo("claimed " + attempt);
                peer.kill();
            }
        }

        await().atMost(PATIENCE).until(() -> {
            assertThat(claim(jobs, 1, LONG)).isEmpty();
            return find(jobs, id).state() == JobState.DEAD;
        });
    }

    @Test
    void a_worker_process_that_wakes_from_a_long_sleep_can_no_longer_touch_its_job() {
        var jobs = jobs();
        var id = enqueue(jobs, "{}");
        try (var zombie = start(JobActions.ClaimAndHold.class, "500")) {
            assertThat(zombie.hear()).isEqualTo("claimed 1");
            zombie.pause();
            var claimed = awaitClaim(jobs, LONG);
            zombie.resume();
            zombie.say("end");
            assertThat(zombie.hear()).isEqualTo("renewed 0, completed false, Lost[]");
            zombie.awaitSuccess();

            assertThat(find(jobs, id).state()).isEqualTo(JobState.RUNNING);
            assertThat(jobs.complete(claimed)).isTrue();
        }
    }

    @Test
    void who_waits_for_work_is_woken_by_what_another_process_enqueues() throws Exception {
        var jobs = jobs();
        try (var peer = start(JobActions.Enqueue.class)) {
            assertThat(peer.hear()).isEqualTo("ready");
            for (int i = 0; i < 5; i++) {
                assertThat(claim(jobs, 1, LONG)).isEmpty();
                long begun = System.nanoTime();
                peer.say("1");
                peer.hear();
                while (claim(jobs, 1, LONG).isEmpty()) {
                    jobs.awaitWork(Set.of(QUEUE), Duration.ofMinutes(5));
                }
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
            }
        }
    }

    @Test
    void what_a_process_was_told_is_enqueued_outlives_its_being_killed() {
        var jobs = jobs();
        var told = new HashSet<JobId>();
        try (var peer = start(JobActions.Enqueue.class)) {
            assertThat(peer.hear()).isEqualTo("ready");
            peer.say("100000");
            for (int i = 0; i < 100; i++) {
                told.add(new JobId(UUID.fromString(peer.hear())));
            }
            peer.kill();
        }

        assertThat(told).allSatisfy(id -> assertThat(jobs.find(id)).isPresent());
    }

    @Test
    void a_worker_process_that_is_terminated_hands_its_jobs_back_and_they_start_elsewhere_at_once() {
        var jobs = jobs();
        enqueue(jobs, "1");
        enqueue(jobs, "2");
        try (var peer = start(JobActions.WorkUntilTerminated.class)) {
            peer.hear();
            peer.hear();
            assertThat(claim(jobs, 2, LONG)).isEmpty();

            peer.terminate();
        }

        // Long before their leases would have ended.
        assertThat(claim(jobs, 2, LONG)).extracting(ClaimedJob::attempt).containsExactly(1, 1);
    }

    @Test
    void a_job_that_runs_in_another_process_is_cancelled_there() {
        var jobs = jobs();
        var id = enqueue(jobs, "endless");
        try (var peer = start(JobActions.HoldUntilInterrupted.class)) {
            assertThat(peer.hear()).isEqualTo("begun");

            assertThat(jobs.cancel(id)).contains(JobState.RUNNING);

            assertThat(peer.hear()).isEqualTo("interrupted true");
        }
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    void no_job_is_lost_when_worker_processes_are_killed_in_the_middle() {
        var jobs = jobs();
        int total = 300;
        var expected = new HashSet<String>();
        for (int i = 0; i < total; i++) {
            enqueue(jobs, "" + i);
            expected.add("" + i);
        }
        var ran = ConcurrentHashMap.<String>newKeySet();
        for (int kill = 0; kill < 2; kill++) {
            try (var peer = start(JobActions.Work.class)) {
                for (int i = 0; i < 40; i++) {
                    ran.add(peer.hear());
                }
                peer.kill();
                ran.addAll(peer.hearLast());
            }
        }
        var settings = WorkerSettings.defaults().withLease(JobActions.Work.LEASE);
        try (var worker = Worker.start(
                jobs, Map.of(QUEUE, execution -> ran.add(execution.job().payload())), settings)) {
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty());
            assertThat(worker.stop(PATIENCE)).isTrue();
        }

        assertThat(ran).isEqualTo(expected);
    }

    private Peer start(Class<? extends PeerAction<Jobs>> action, String... arguments) {
        return Peer.start(factory(), url(), action, arguments);
    }
}
