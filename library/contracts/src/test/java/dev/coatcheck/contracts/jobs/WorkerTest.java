package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.LONG;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.PATIENCE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.QUEUE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.depth;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.jobs.TroubledJobs.Trouble;
import dev.coatcheck.state.jobs.JobHandler;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The worker at the edges: stops in every moment, leases that are lost, a store that fails or hangs. */
class WorkerTest {
    private static final Duration LEASE = Duration.ofMillis(1_500);
    private static final WorkerSettings SETTINGS =
            WorkerSettings.defaults().withLease(LEASE).withPollInterval(Duration.ofMinutes(10));

    private final Jobs store = new InMemoryJobs(InstantSource.system());
    private final TroubledJobs jobs = new TroubledJobs(store);

    @Test
    void no_more_jobs_run_at_once_than_the_worker_may_and_none_is_claimed_that_must_wait() throws Exception {
        var gate = new Semaphore(0);
        enqueue(10);
        try (var worker = start(execution -> gate.acquire(), SETTINGS.withConcurrency(3))) {
            await().atMost(PATIENCE).until(() -> worker.running() == 3);
            await().during(LEASE).atMost(PATIENCE).until(() -> running() == 3 && waiting() == 7);
            gate.release();
            await().atMost(PATIENCE).until(() -> waiting() == 6 && running() == 3);
            gate.release(100);
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty());
        }
    }

    @Test
    void a_stop_lets_handlers_end_in_the_time_they_are_given_and_claims_nothing_more() {
        // So long that a machine that stands still for a moment does not lose it.
        var lease = Duration.ofSeconds(5);
        var begun = new Semaphore(0);
        var gate = new Semaphore(0);
        enqueue(3);
        try (var worker = start(
                execution -> {
                    begun.release();
                    gate.acquire();
                },
                SETTINGS.withConcurrency(1).withLease(lease))) {
            begun.acquireUninterruptibly();
            var stop = Thread.ofVirtual()
                    .start(() -> assertThat(worker.stop(PATIENCE)).isTrue());
            await().during(lease.plusSeconds(1)).atMost(PATIENCE).until(() -> running() == 1 && stop.isAlive());
            gate.release(3);
            await().atMost(PATIENCE).until(() -> !stop.isAlive());
            assertThat(worker.running()).isZero();
        }
        assertThat(waiting()).isEqualTo(2);
        assertThat(running()).isZero();
    }

    @Test
    void a_handler_that_does_not_end_in_time_is_interrupted_and_its_attempt_does_not_count() {
        var interrupted = new CountDownLatch(1);
        var id = store.enqueue(NewJob.of(QUEUE, "")).id();
        try (var worker = start(execution -> holdUntilInterrupted(interrupted), SETTINGS)) {
            await().atMost(PATIENCE).until(() -> worker.running() == 1);
            assertThat(worker.stop(Duration.ofMillis(50))).isFalse();
        }
        assertThat(interrupted.getCount()).isZero();
        assertThat(find(store, id).attempts()).isZero();
        assertThat(find(store, id).state()).isEqualTo(JobState.WAITING);
    }

    @Test
    void a_handler_that_ignores_its_interrupt_does_not_keep_a_stop_and_its_job_goes_on_elsewhere() {
        var release = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        enqueue(1);
        var stubborn = start(
                execution -> {
                    begun.countDown();
                    awaitWhatever(release);
                },
                SETTINGS);
        awaitWhatever(begun);
        stubborn.close();
        var again = new AtomicInteger();
        try (var next = start(execution -> again.incrementAndGet(), SETTINGS)) {
            await().atMost(PATIENCE).until(() -> again.get() == 1 && next.running() == 0);
            release.countDown();
            await().atMost(PATIENCE).until(() -> stubborn.running() == 0);
        }
        assertThat(store.depths()).isEmpty();
    }

    @Test
    void work_that_was_done_stays_done_although_the_stop_came_first() {
        var begun = new CountDownLatch(1);
        enqueue(1);
        try (var worker = start(
                execution -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        // And yet it ends well.
                    }
                },
                SETTINGS)) {
            awaitWhatever(begun);
            worker.stop(Duration.ZERO);
        }
        assertThat(store.depths()).isEmpty();
    }

    @Test
    void stops_at_any_moment_lose_nothing_and_leave_nothing_claimed() {
        int total = 200;
        var runs = new ConcurrentHashMap<String, Integer>();
        enqueue(total);
        JobHandler handler = execution -> runs.merge(execution.job().payload(), 1, Integer::sum);
        for (int i = 0; i < 60 && !store.depths().isEmpty(); i++) {
            var worker = start(handler, SETTINGS.withLease(LONG).withConcurrency(1 + i % 4));
            if (i % 3 > 0) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000)); // anywhere in a claim
            }
            assertThat(worker.stop(PATIENCE)).isTrue();
            assertThat(running()).isZero();
        }
        try (var last = start(handler, SETTINGS)) {
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty());
            assertThat(last.stop(PATIENCE)).isTrue();
        }
        assertThat(runs).hasSize(total);
        assertThat(runs.values()).containsOnly(1);
        assertThat(jobs.wasCalledInterrupted()).isFalse();
    }

    @Test
    void a_claim_that_ends_after_the_stop_starts_nothing_and_gives_its_jobs_back() {
        jobs.set(Trouble.HANGS);
        enqueue(2);
        var ran = new AtomicInteger();
        var worker = start(execution -> ran.incrementAndGet(), SETTINGS.withLease(LONG));
        assertThat(worker.stop(Duration.ZERO)).isTrue();

        jobs.set(Trouble.NONE);

        await().during(LEASE).atMost(PATIENCE).until(() -> waiting() == 2);
        assertThat(ran).hasValue(0);
    }

    @Test
    void a_handler_whose_job_was_lost_is_interrupted() {
        var interrupted = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        enqueue(1);
        try (var worker = start(
                execution -> {
                    if (interrupted.getCount() > 0) {
                        store.giveBack(List.of(execution.job()));
                        begun.countDown();
                        holdUntilInterrupted(interrupted);
                    }
                },
                SETTINGS.withConcurrency(1))) {
            awaitWhatever(begun);
            awaitWhatever(interrupted);
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty() && worker.running() == 0);
        }
    }

    @Test
    void a_claim_that_is_answered_late_is_renewed_before_its_handler_would_be_interrupted() {
        var lease = Duration.ofSeconds(12);
        var interrupted = new CountDownLatch(1);
        jobs.set(Trouble.ANSWERS_LATE);
        enqueue(1);
        try (var worker = start(execution -> holdUntilInterrupted(interrupted), SETTINGS.withLease(lease))) {
            await().atMost(PATIENCE).until(() -> running() == 1);
            await().pollDelay(lease.multipliedBy(3).dividedBy(4)).until(() -> true);
            jobs.set(Trouble.NONE);

            await().during(lease.dividedBy(2)).atMost(PATIENCE).until(() -> interrupted.getCount() == 1);
            assertThat(worker.running()).isEqualTo(1);
        }
    }

    @Test
    void a_job_that_is_cancelled_on_its_way_to_the_worker_is_interrupted_at_once() {
        var interrupted = new CountDownLatch(1);
        jobs.set(Trouble.ANSWERS_LATE);
        var id = store.enqueue(NewJob.of(QUEUE, "")).id();
        try (var worker = start(execution -> holdUntilInterrupted(interrupted), SETTINGS.withLease(LONG))) {
            await().atMost(PATIENCE).until(() -> running() == 1);
            assertThat(store.cancel(id)).contains(JobState.RUNNING);
            jobs.set(Trouble.NONE);

            awaitWhatever(interrupted);
            await().atMost(PATIENCE).until(() -> worker.running() == 0);
        }
    }

    @Test
    void a_handler_is_interrupted_when_its_lease_is_over_while_the_store_fails() {
        interruptedWhile(Trouble.FAILS);
    }

    @Test
    void a_handler_is_interrupted_when_its_lease_is_over_while_the_store_hangs() {
        interruptedWhile(Trouble.HANGS);
    }

    private void interruptedWhile(Trouble trouble) {
        var interrupted = new CountDownLatch(1);
        enqueue(1);
        try (var worker = start(
                execution -> {
                    if (interrupted.getCount() > 0) {
                        holdUntilInterrupted(interrupted);
                    }
                },
                SETTINGS)) {
            await().atMost(PATIENCE).until(() -> worker.running() == 1);
            jobs.set(trouble);
            awaitWhatever(interrupted);

            jobs.set(Trouble.NONE);
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty());
        }
    }

    @Test
    void a_worker_goes_on_by_itself_when_the_store_is_back() {
        jobs.set(Trouble.FAILS);
        try (var worker = start(execution -> {}, SETTINGS)) {
            enqueue(3);
            await().during(LEASE).atMost(PATIENCE).until(() -> waiting() == 3 && worker.running() == 0);
            jobs.set(Trouble.NONE);
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty());
        }
    }

    @Test
    void a_job_that_ended_in_a_short_outage_is_completed_when_the_store_is_back() {
        var runs = new AtomicInteger();
        enqueue(1);
        try (var worker = start(
                execution -> {
                    runs.incrementAndGet();
                    jobs.set(Trouble.FAILS);
                },
                SETTINGS.withLease(Duration.ofSeconds(3)))) {
            await().atMost(PATIENCE).until(() -> runs.get() == 1);
            jobs.set(Trouble.NONE);
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty() && worker.running() == 0);
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void jobs_that_end_while_others_are_being_completed_are_completed_together() {
        int atOnce = 20;
        var begun = new CountDownLatch(atOnce);
        var end = new CountDownLatch(1);
        enqueue(atOnce);
        try (var worker = start(
                execution -> {
                    begun.countDown();
                    end.await();
                },
                SETTINGS.withConcurrency(atOnce).withLease(LONG))) {
            awaitWhatever(begun);
            jobs.set(Trouble.HANGS);
            end.countDown();
            await().atMost(PATIENCE).until(() -> jobs.completions() == 1);
            await().during(LEASE).atMost(PATIENCE).until(() -> worker.running() == atOnce);

            jobs.set(Trouble.NONE);
            await().atMost(PATIENCE).until(() -> worker.running() == 0);
        }
        assertThat(store.depths()).isEmpty();
        assertThat(jobs.completions()).isEqualTo(2);
    }

    @Test
    void a_handler_that_interrupts_itself_fails_its_attempt() {
        var id = store.enqueue(NewJob.of(QUEUE, "").withRetry(Retry.never())).id();
        try (var worker = start(
                execution -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedException("by itself");
                },
                SETTINGS)) {
            await().atMost(PATIENCE).until(() -> find(store, id).state() == JobState.DEAD && worker.running() == 0);
        }
        assertThat(jobs.wasCalledInterrupted()).isFalse();
    }

    @Test
    void an_error_of_the_handlers_own_fails_the_attempt_too() {
        var id = store.enqueue(NewJob.of(QUEUE, "").withRetry(Retry.never())).id();
        try (var worker = start(
                execution -> {
                    throw new NoClassDefFoundError("dev/acme/Missing");
                },
                SETTINGS)) {
            await().atMost(PATIENCE).until(() -> find(store, id).state() == JobState.DEAD && worker.running() == 0);
        }
        assertThat(find(store, id).lastError().orElseThrow()).contains("dev/acme/Missing");
    }

    @Test
    void a_job_that_its_handler_completed_is_left_alone() {
        enqueue(1);
        try (var worker = start(
                execution -> {
                    assertThat(store.complete(execution.job())).isTrue();
                    execution.completed();
                },
                SETTINGS)) {
            await().atMost(PATIENCE).until(() -> store.depths().isEmpty() && worker.running() == 0);
        }
    }

    @Test
    void a_worker_that_would_serve_nothing_is_refused() {
        assertThatThrownBy(() -> Worker.start(jobs, Map.of(), SETTINGS)).isInstanceOf(IllegalArgumentException.class);
    }

    private Worker start(JobHandler handler, WorkerSettings settings) {
        return Worker.start(jobs, Map.of(QUEUE, handler), settings);
    }

    private void enqueue(int count) {
        for (int i = 0; i < count; i++) {
            store.enqueue(NewJob.of(QUEUE, "" + i));
        }
    }

    /** Holds a job until the worker asks for its end; tells that it did. */
    private static void holdUntilInterrupted(CountDownLatch interrupted) throws InterruptedException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    /** Waits for what is bound to happen, and is deaf to interrupts meanwhile. */
    private static void awaitWhatever(CountDownLatch latch) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean opened = false;
        while (!opened) {
            try {
                opened = latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertThat(opened).isTrue();
            } catch (InterruptedException e) {
                // Deaf.
            }
        }
    }

    private long waiting() {
        return depth(store).waiting();
    }

    private long running() {
        return depth(store).running();
    }
}
