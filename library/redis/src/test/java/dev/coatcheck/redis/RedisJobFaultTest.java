package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Worker processes that are killed. What has run is written to a list on the server. */
class RedisJobFaultTest {
    private static final String QUEUE = "mail";
    private static final String RUNS = "runs";
    private static final int WORKERS = 2;
    private static final int AT_ONCE = 8;

    /** Long enough for a live worker on a busy machine to renew it in time. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private final Jobs jobs = store.redis().jobs();
    private final List<Peer> peers = new ArrayList<>();
    private int started;
    private int killed;

    @AfterEach
    void close() {
        peers.forEach(Peer::close);
    }

    @Test
    void jobs_run_once_but_for_those_that_a_killed_worker_had() {
        everyJobRuns(500, 1);
    }

    @Test
    @Tag("long")
    void ten_thousand_jobs_run_once_but_for_those_that_a_killed_worker_had() {
        everyJobRuns(10_000, 20);
    }

    private void everyJobRuns(int total, int kills) {
        for (int i = 0; i < total; i += Jobs.MAX_BATCH) {
            jobs.enqueueAll(Collections.nCopies(Math.min(Jobs.MAX_BATCH, total - i), NewJob.of(QUEUE, "")));
        }
        for (int i = 0; i < WORKERS; i++) {
            startWorker();
        }
        for (int kill = 1; kill <= kills; kill++) {
            long share = (long) kill * total / (kills + 1);
            await().atMost(PATIENCE).until(() -> store.besides().llen(RUNS) >= share);
            peers.remove(0).kill();
            killed++;
            startWorker();
        }
        await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty());

        var lastRun = new HashMap<String, String>();
        var overtaken = new HashSet<String>();
        var runs = store.besides().lrange(RUNS, 0, -1);
        for (var run : runs) {
            var earlier = lastRun.put(run.substring(0, 36), run.substring(37));
            if (earlier != null) {
                overtaken.add(earlier);
            }
        }
        assertThat(lastRun).hasSize(total);
        assertThat(overtaken.stream().map(Integer::valueOf)).allMatch(worker -> worker < killed);
        assertThat(runs).hasSizeLessThanOrEqualTo(total + kills * AT_ONCE);
    }

    private void startWorker() {
        peers.add(Peer.start(OfDatabases.class, store.url(), Work.class, Integer.toString(started++)));
    }

    /** The database, with what the application keeps in it. */
    record Database(Redis redis, RedisClient client) {}

    /** Attaches it in another JVM. */
    public static final class OfDatabases implements StoreFactory<Database> {
        @Override
        public Database open(String url) {
            return new Database(Redis.attach(url, TestRedis.PATIENT), RedisClient.create(url));
        }
    }

    /** Works, and writes down what it has run. */
    public static final class Work implements PeerAction<Database> {
        @Override
        public void run(Database database, List<String> arguments, Conversation conversation) {
            var besides = database.client().connect().sync();
            var settings = WorkerSettings.defaults().withConcurrency(AT_ONCE).withLease(LEASE);
            Worker.start(
                    database.redis().jobs(),
                    Map.of(QUEUE, execution -> {
                        besides.rpush(RUNS, execution.job().id() + " " + arguments.get(0));
                        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                    }),
                    settings);
            conversation.hear();
        }
    }
}
