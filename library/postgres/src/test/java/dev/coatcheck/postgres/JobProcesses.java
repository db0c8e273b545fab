package dev.coatcheck.postgres;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** What the processes of {@link JobFaultTest} do; the first argument of each is its name. */
final class JobProcesses {
    static final String QUEUE = "mail";
    static final int AT_ONCE = 8;

    /** Long enough for a live worker on a busy machine to renew it in time. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private JobProcesses() {}

    /** The database, with what the application keeps in it. */
    public static final class OfPostgres implements StoreFactory<Postgres> {
        @Override
        public Postgres open(String url) {
            var postgres = Factories.attach(url);
            // A first connection may take as long as a lease where many JVMs start at once, and the claim that waited
            // for it would be believed lost.
            postgres.ping();
            return postgres;
        }
    }

    /** One of these. */
    interface Action extends PeerAction<Postgres> {}

    /** Works: writes down each attempt, takes a moment, and completes the job together with what it has done. */
    public static final class Work implements Action {
        @Override
        public void run(Postgres postgres, List<String> arguments, Conversation conversation) {
            var settings = WorkerSettings.defaults().withConcurrency(AT_ONCE).withLease(LEASE);
            Worker.start(
                    postgres.jobs(),
                    Map.of(QUEUE, execution -> {
                        begin(postgres, execution.job(), arguments.get(0));
                        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                        if (complete(postgres, execution.job(), arguments.get(0))) {
                            execution.completed();
                        }
                    }),
                    settings);
            conversation.hear();
        }
    }

    /** Takes jobs, waits for a word, and completes those that it still has. */
    public static final class Sleep implements Action {
        @Override
        public void run(Postgres postgres, List<String> arguments, Conversation conversation) throws SQLException {
            var claimed = postgres.jobs().claim(Set.of(QUEUE), AT_ONCE, LEASE);
            for (var job : claimed) {
                begin(postgres, job, arguments.get(0));
            }
            conversation.say("claimed " + claimed.size());
            conversation.hear();
            int completed = 0;
            for (var job : claimed) {
                completed += complete(postgres, job, arguments.get(0)) ? 1 : 0;
            }
            conversation.say("completed " + completed);
        }
    }

    /** Begins jobs that never end and are deaf to interrupts, until a signal ends the process; says when that came. */
    public static final class Hold implements Action {
        @Override
        public void run(Postgres postgres, List<String> arguments, Conversation conversation) {
            var worker = Worker.start(
                    postgres.jobs(),
                    Map.of(QUEUE, execution -> {
                        conversation.say("begun");
                        while (true) {
                            LockSupport.park();
                        }
                    }),
                    WorkerSettings.defaults());
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                conversation.say(Instant.now().toString());
                                worker.close();
                            },
                            "stop-worker"));
            conversation.hear();
        }
    }

    private static void begin(Postgres postgres, ClaimedJob job, String worker) throws SQLException {
        try (var connection = postgres.dataSource().getConnection();
                var insert = connection.prepareStatement(
                        "insert into public.runs (job, attempt, grp, worker) values (?, ?, ?, ?)")) {
            insert.setString(1, job.id().toString());
            insert.setInt(2, job.attempt());
            insert.setString(3, job.group().orElse(""));
            insert.setString(4, worker);
            insert.executeUpdate();
        }
    }

    /** Whether the job was still this worker's: what it has done is there then, and not otherwise. */
    private static boolean complete(Postgres postgres, ClaimedJob job, String worker) throws SQLException {
        try (var connection = postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            insertDone(connection, job, worker);
            boolean completed = postgres.jobs().complete(connection, job);
            if (completed) {
                connection.commit();
            } else {
                connection.rollback();
            }
            return completed;
        }
    }

    private static void insertDone(Connection connection, ClaimedJob job, String worker) throws SQLException {
        try (var insert = connection.prepareStatement("insert into public.done values (?, ?)")) {
            insert.setString(1, job.id().toString());
            insert.setString(2, worker);
            insert.executeUpdate();
        }
    }
}
