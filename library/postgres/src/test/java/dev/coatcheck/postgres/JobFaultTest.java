package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Worker processes that are killed, and customers of very different sizes. What has run is written to a table. */
class JobFaultTest {
    private static final String QUEUE = "mail";
    private static final int WORKERS = 4;
    private static final int AT_ONCE = 8;

    /** Long enough for a live worker on a busy machine to renew it in time. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final PostgresJobs jobs = postgres.jobs();
    private final List<Peer> peers = new ArrayList<>();
    private final List<String> killed = new ArrayList<>();
    private int started;

    @BeforeEach
    void makeTheTable() {
        Databases.update(postgres, "drop table if exists public.runs");
        Databases.update(
                postgres, "create table public.runs (number bigserial primary key, job text, grp text, worker text)");
    }

    @AfterEach
    void close() {
        peers.forEach(Peer::close);
    }

    @Test
    void jobs_run_once_but_for_those_that_a_killed_worker_had() {
        everyJobRuns(1_000, 3);
    }

    @Test
    @Tag("long")
    void ten_thousand_jobs_run_once_but_for_those_that_a_killed_worker_had() {
        everyJobRuns(10_000, 20);
    }

    private void everyJobRuns(int total, int kills) {
        for (int i = 0; i < total; i += Jobs.MAX_BATCH) {
            enqueue("", Math.min(Jobs.MAX_BATCH, total - i));
        }
        for (int i = 0; i < WORKERS; i++) {
            startWorker();
        }
        for (int kill = 1; kill <= kills; kill++) {
            int share = kill * total / (kills + 1);
            await().atMost(PATIENCE).until(() -> count("select count(*) from public.runs") >= share);
            killOldest();
            startWorker();
        }
        await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty());

        assertThat(count("select count(distinct job) from public.runs")).isEqualTo(total);
        // Of a job that ran again, every run but the last was one of a worker that was killed.
        assertThat(query(postgres, """
                select distinct r.worker from public.runs r
                    where exists (select from public.runs later where later.job = r.job and later.number > r.number)
                """)).isSubsetOf(killed);
        assertThat(count("select count(*) from public.runs")).isLessThanOrEqualTo(total + kills * AT_ONCE);
    }

    @Test
    void ten_thousand_jobs_of_one_customer_do_not_delay_ten_of_another() {
        for (int i = 0; i < 10; i++) {
            enqueue("big", Jobs.MAX_BATCH);
        }
        startWorker();
        startWorker();
        await().atMost(PATIENCE).until(() -> count("select count(*) from public.runs") > 200);

        enqueue("small", 10);
        long before = count("select max(number) from public.runs");
        await().atMost(PATIENCE).until(() -> count("select count(*) from public.runs where grp = 'small'") == 10);

        // One of the large customer's for each of the small one's, and what was under way: not thousands.
        assertThat(count("select max(number) from public.runs where grp = 'small'") - before)
                .isLessThan(200);
        assertThat(jobs.depths())
                .hasEntrySatisfying(QUEUE, depth -> assertThat(depth.waiting()).isGreaterThan(1_000));
    }

    private void enqueue(String group, int count) {
        jobs.enqueueAll(IntStream.range(0, count)
                .mapToObj(i -> NewJob.of(QUEUE, ""))
                .map(job -> group.isEmpty() ? job : job.withGroup(group))
                .toList());
    }

    private void startWorker() {
        peers.add(Peer.start(OfPostgres.class, databases.url(), Work.class, "worker " + started++));
    }

    private void killOldest() {
        var victim = peers.remove(0);
        killed.add("worker " + killed.size());
        victim.kill();
    }

    private long count(String sql) {
        return Long.parseLong(query(postgres, sql).get(0).replace("null", "0"));
    }

    /** The database, with what the application keeps in it. */
    public static final class OfPostgres implements StoreFactory<Postgres> {
        @Override
        public Postgres open(String url) {
            return Factories.attach(url);
        }
    }

    /** Works, and writes down what it has run. */
    public static final class Work implements PeerAction<Postgres> {
        @Override
        public void run(Postgres postgres, List<String> arguments, Conversation conversation) {
            // A first connection may take as long as a lease where many JVMs start at once, and the claim that waited
            // for it
            // would be believed lost.
            postgres.ping();
            var settings = WorkerSettings.defaults().withConcurrency(AT_ONCE).withLease(LEASE);
            Worker.start(
                    postgres.jobs(),
                    Map.of(QUEUE, execution -> {
                        var job = execution.job();
                        try (var connection = postgres.dataSource().getConnection();
                                var insert = connection.prepareStatement(
                                        "insert into public.runs (job, grp, worker) values (?, ?, ?)")) {
                            insert.setString(1, job.id().toString());
                            insert.setString(2, job.group().orElse(""));
                            insert.setString(3, arguments.get(0));
                            insert.executeUpdate();
                        }
                        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                    }),
                    settings);
            conversation.hear();
        }
    }
}
