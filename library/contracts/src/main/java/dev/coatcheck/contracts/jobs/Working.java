package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.enqueue;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.find;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.JobHandler;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Workers on the store, as an application runs them. */
interface Working extends JobsUnderTest {
    /** Nothing here is found by looking again: who waits is told. */
    WorkerSettings TOLD = WorkerSettings.defaults().withPollInterval(Duration.ofMinutes(10));

    @Test
    default void several_workers_run_every_job_and_none_twice() {
        var jobs = jobs();
        int threads = 4;
        int each = 250;
        var runs = new ConcurrentHashMap<String, Integer>();
        var handlers = handling(execution -> runs.merge(execution.job().payload(), 1, Integer::sum));
        try (var one = Worker.start(jobs, handlers, TOLD.withConcurrency(1));
                var two = Worker.start(jobs, handlers, TOLD.withConcurrency(8));
                var three = Worker.start(jobs, handlers, TOLD.withConcurrency(3))) {
            Together.run(threads, thread -> {
                for (int i = 0; i < each; i++) {
                    enqueue(jobs, thread + "/" + i);
                }
            });
            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> jobs.depths().isEmpty() && one.running() + two.running() + three.running() == 0);
        }

        assertThat(runs).hasSize(threads * each);
        assertThat(runs.values()).containsOnly(1);
    }

    @Test
    default void a_handler_that_fails_is_tried_again_and_its_job_is_dead_in_the_end() {
        var jobs = jobs();
        var runs = new AtomicInteger();
        var id = enqueue(jobs, NewJob.of(QUEUE, "").withRetry(AT_ONCE.withMaxAttempts(3)));
        try (var worker = Worker.start(
                jobs,
                handling(execution -> {
                    throw new IllegalStateException("boom " + runs.incrementAndGet());
                }),
                TOLD)) {
            await().atMost(PATIENCE).until(() -> find(jobs, id).state() == JobState.DEAD);
            await().atMost(PATIENCE).until(() -> worker.running() == 0);
        }

        assertThat(runs).hasValue(3);
        assertThat(find(jobs, id).lastError().orElseThrow())
                .contains("boom 3")
                .contains("IllegalStateException")
                .contains("at ");
    }

    @Test
    default void a_job_that_takes_longer_than_its_lease_is_not_run_by_another() {
        var jobs = jobs();
        var runs = new AtomicInteger();
        var end = new CountDownLatch(1);
        // So long that a machine that stands still for a moment does not lose it.
        var settings = TOLD.withLease(Duration.ofSeconds(5));
        var handlers = handling(execution -> {
            runs.incrementAndGet();
            end.await();
        });
        try (var one = Worker.start(jobs, handlers, settings);
                var two = Worker.start(jobs, handlers, settings)) {
            enqueue(jobs, "");
            await().atMost(PATIENCE).until(() -> runs.get() == 1);
            await().during(settings.lease().plusSeconds(1))
                    .atMost(PATIENCE)
                    .until(() -> one.running() + two.running() == 1);
            end.countDown();
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty());
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    default void a_worker_that_is_stopped_gives_its_jobs_back_and_the_next_goes_on_at_once() {
        var jobs = jobs();
        var begun = new Semaphore(0);
        var done = ConcurrentHashMap.<String>newKeySet();
        for (int i = 0; i < 3; i++) {
            enqueue(jobs, "" + i);
        }
        var first = Worker.start(
                jobs,
                handling(execution -> {
                    begun.release();
                    new CountDownLatch(1).await();
                }),
                TOLD.withConcurrency(2).withLease(LONG));
        try (first) {
            begun.acquireUninterruptibly(2);
        }
        try (var second = Worker.start(
                jobs,
                handling(execution -> done.add(
                        execution.job().payload() + "@" + execution.job().attempt())),
                TOLD)) {
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty());
            assertThat(second.stop(PATIENCE)).isTrue();
        }
        assertThat(done).containsExactlyInAnyOrder("0@1", "1@1", "2@1");
    }

    @Test
    default void the_handler_of_a_cancelled_job_is_interrupted_at_once_and_the_worker_goes_on() {
        var jobs = jobs();
        var begun = new Semaphore(0);
        var asked = new ConcurrentHashMap<String, Boolean>();
        var handlers = handling(execution -> {
            if (execution.job().payload().equals("next")) {
                asked.put("next", execution.shouldStop());
                return;
            }
            begun.release();
            try {
                new CountDownLatch(1).await();
            } finally {
                asked.put("cancelled", execution.shouldStop());
            }
        });
        try (var worker = Worker.start(jobs, handlers, TOLD.withConcurrency(1).withLease(LONG))) {
            var id = enqueue(jobs, "endless");
            begun.acquireUninterruptibly();

            assertThat(jobs.cancel(id)).contains(JobState.RUNNING);

            enqueue(jobs, "next");
            await().atMost(PATIENCE).until(() -> asked.size() == 2 && worker.running() == 0);
        }
        assertThat(asked).containsEntry("cancelled", true).containsEntry("next", false);
        assertThat(begun.availablePermits()).isZero();
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    default void what_a_handler_reports_is_seen_while_it_runs() {
        var jobs = jobs();
        var end = new CountDownLatch(1);
        var handlers = handling(execution -> {
            assertThat(execution.report("half")).isTrue();
            end.await();
        });
        try (var worker = Worker.start(jobs, handlers, TOLD)) {
            var id = enqueue(jobs, "");
            await().atMost(PATIENCE).until(() -> find(jobs, id).progress().isPresent());
            assertThat(find(jobs, id).progress()).contains("half");
            end.countDown();
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty() && worker.running() == 0);
        }
    }

    private static Map<String, JobHandler> handling(JobHandler handler) {
        return Map.of(QUEUE, handler);
    }
}
