package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Worker processes that are killed, stopped or ended, and customers of very different sizes. Each attempt is written to a
 * table when it begins, and each job once more in the transaction that completes it.
 */
class JobFaultTest {
    private static final int WORKERS = 4;

    /** How many jobs the workers are not done with at once. */
    private static final int MORE = 1_000;

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final PostgresJobs jobs = postgres.jobs();

    private final List<Peer> peers = new ArrayList<>();

    /** Those that work, the oldest first. */
    private final Deque<Started> workers = new ArrayDeque<>();

    private final List<String> dead = new ArrayList<>();
    private int started;

    /** A process, and the name under which it writes. */
    private record Started(String name, Peer peer) {}

    @BeforeEach
    void makeTheTables() {
        Databases.update(postgres, "drop table if exists public.runs, public.done");
        Databases.update(
                postgres,
                "create table public.runs (number bigserial primary key, job text, attempt int, grp text, worker text)");
        Databases.update(postgres, "create table public.done (job text, worker text)");
    }

    @AfterEach
    void close() {
        peers.forEach(Peer::close);
    }

    @Test
    void with_a_worker_killed_each_second_no_job_is_lost_and_only_those_run_twice_that_a_dead_worker_had() {
        assertNoneIsLost(2_000);
    }

    @Test
    @Tag("long")
    void with_a_worker_killed_each_second_none_of_ten_thousand_is_lost_and_only_those_of_dead_workers_run_twice() {
        assertNoneIsLost(10_000);
    }

    private void assertNoneIsLost(int atFirst) {
        enqueue("", atFirst);
        var total = new AtomicInteger(atFirst);
        var sleeper = start("sleeper", JobProcesses.Sleep.class);
        assertThat(sleeper.peer().hear()).isEqualTo("claimed " + JobProcesses.AT_ONCE);
        sleeper.peer().pause();
        dead.add(sleeper.name());
        for (int i = 0; i < WORKERS; i++) {
            startWorker();
        }
        await().atMost(PATIENCE).pollDelay(SECOND).pollInterval(SECOND).until(() -> {
            // A machine that is fast would have done all of them before three were killed.
            if (dead.size() <= 3 && depth().waiting() < MORE) {
                enqueue("", MORE);
                total.addAndGet(MORE);
            }
            // A machine that is busy may take longer to start those that follow: one of them goes on.
            if (depth().waiting() > 0 && workers.stream().filter(this::hasBegun).count() > 1) {
                killOldest();
                startWorker();
            }
            return jobs.depths().isEmpty();
        });

        assertThat(dead).hasSizeGreaterThan(3);
        assertEachIsDoneOnce(total.get());
        assertThat(query(postgres, """
                select distinct r.worker from public.runs r
                    where exists (select from public.runs later where later.job = r.job and later.number > r.number)
                """))
                .as("whose jobs ran again")
                .isSubsetOf(dead)
                .contains(sleeper.name());
        assertThat(query(postgres, """
                select r.job from public.runs r join public.runs later
                    on later.job = r.job and later.number > r.number and later.attempt <= r.attempt
                """))
                .as("jobs whose attempts were not counted")
                .isEmpty();
        assertThat(count("select count(*) from public.runs"))
                .isLessThanOrEqualTo(total.get() + dead.size() * JobProcesses.AT_ONCE);

        // It was taken for dead long ago, and knows nothing of it.
        sleeper.peer().resume();
        sleeper.peer().say("go on");
        assertThat(sleeper.peer().hear()).isEqualTo("completed 0");
        assertEachIsDoneOnce(total.get());
    }

    private void assertEachIsDoneOnce(int total) {
        assertThat(count("select count(*) from public.done")).isEqualTo(total);
        assertThat(count("select count(distinct job) from public.done")).isEqualTo(total);
    }

    @Test
    void ten_thousand_jobs_of_one_customer_do_not_delay_ten_of_another() {
        enqueue("big", 10_000);
        startWorker();
        startWorker();
        await().atMost(PATIENCE).until(() -> count("select count(*) from public.runs") > 200);

        enqueue("small", 10);
        long before = count("select max(number) from public.runs");
        await().atMost(PATIENCE).until(() -> count("select count(*) from public.runs where grp = 'small'") == 10);

        // One of the large customer's for each of the small one's, and what was under way: not thousands.
        assertThat(count("select max(number) from public.runs where grp = 'small'") - before)
                .isLessThan(2_000);
    }

    @Test
    void a_worker_that_is_terminated_hands_its_jobs_back_within_a_second_and_the_next_starts_them_at_once() {
        // A machine that is busy may hold up any one of them.
        var fastest = Duration.ofDays(1);
        for (int i = 0; i < 5 && fastest.compareTo(SECOND) > 0; i++) {
            var took = handOver();
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
        }
        assertThat(fastest).isLessThanOrEqualTo(SECOND);
    }

    /** How long after the signal the jobs of a worker have all begun in another, which waits to be told of them. */
    private Duration handOver() {
        int held = 4;
        enqueue("", held);
        var holding = start("holding", JobProcesses.Hold.class);
        for (int i = 0; i < held; i++) {
            assertThat(holding.peer().hear()).isEqualTo("begun");
        }
        var begun = new ConcurrentLinkedQueue<Instant>();
        var attempts = new ConcurrentLinkedQueue<Integer>();
        var told = WorkerSettings.defaults().withPollInterval(Duration.ofMinutes(10));
        try (var next = Worker.start(
                jobs,
                Map.of(JobProcesses.QUEUE, execution -> {
                    begun.add(Instant.now());
                    attempts.add(execution.job().attempt());
                }),
                told)) {
            holding.peer().terminate();
            var asked = Instant.parse(holding.peer().hear());
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty() && next.running() == 0);
            assertThat(attempts).as("attempts that count").containsExactly(1, 1, 1, 1);
            return Duration.between(asked, Collections.max(begun));
        }
    }

    private void enqueue(String group, int count) {
        for (int i = 0; i < count; i += Jobs.MAX_BATCH) {
            jobs.enqueueAll(IntStream.range(i, Math.min(i + Jobs.MAX_BATCH, count))
                    .mapToObj(number -> NewJob.of(JobProcesses.QUEUE, ""))
                    .map(job -> group.isEmpty() ? job : job.withGroup(group))
                    .toList());
        }
    }

    private void startWorker() {
        workers.add(start("worker " + started++, JobProcesses.Work.class));
    }

    private Started start(String name, Class<? extends JobProcesses.Action> action) {
        var peer = Peer.start(JobProcesses.OfPostgres.class, databases.url(), action, name);
        peers.add(peer);
        return new Started(name, peer);
    }

    private boolean hasBegun(Started process) {
        return !query(postgres, "select worker from public.runs where worker = '%s' limit 1".formatted(process.name()))
                .isEmpty();
    }

    private void killOldest() {
        var victim = workers.stream().filter(this::hasBegun).findFirst().orElseThrow();
        workers.remove(victim);
        dead.add(victim.name());
        victim.peer().kill();
    }

    private QueueDepth depth() {
        return jobs.depths().getOrDefault(JobProcesses.QUEUE, new QueueDepth(0, 0, 0, 0, Duration.ZERO));
    }

    private long count(String sql) {
        return Long.parseLong(query(postgres, sql).get(0).replace("null", "0"));
    }
}
