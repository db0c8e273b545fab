package dev.coatcheck.postgres;

import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobOutbox;
import dev.coatcheck.state.jobs.JobSignals;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.RelayedJob;
import dev.coatcheck.state.jobs.Retry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Jobs that wait in another store, such as Redis, and are enqueued in the caller's own transaction all the same: each is a row
 * here, until a {@link dev.coatcheck.state.jobs.JobRelay} in any process has moved it.
 *
 * <pre>{@code
 * try (var connection = postgres.dataSource().getConnection()) {
 *     connection.setAutoCommit(false);
 *     insertPhoto(connection, photo);
 *     postgres.outbox().enqueue(connection, NewJob.of("photos", photo.id()));
 *     connection.commit(); // both or neither
 * }
 * }</pre>
 *
 * <p>The relay is told when the transaction commits, on one more connection, so that a job is claimed some milliseconds later.
 * Whether another job has its unique key is seen only then; if so, it is dropped.
 */
public final class PostgresOutbox implements JobOutbox {
    static final String CHANNEL = "coatcheck_job_outbox";

    /** What is told on the channel, and waited for. */
    private static final Set<String> WAITED_FOR = Set.of("jobs");

    private final Database database;
    private final Listener listener;
    private final JobSignals signals;

    PostgresOutbox(Database database, Listener listener, JobSignals signals) {
        this.database = database;
        this.listener = listener;
        this.signals = signals;
    }

    /**
     * Adds a job in the caller's transaction: it will be in the other store when that commits, and not otherwise. From then on
     * it is as durable as that store is: the row here goes as soon as that has answered, and where it is a Redis that crashes
     * within the second before it writes to disk, or fails over to a replica that was not told, the job is lost. Who must not
     * lose it enqueues it in {@link Postgres#jobs()}. One round trip.
     *
     * @return the id that it will have there
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public JobId enqueue(Connection connection, NewJob job) throws SQLException {
        return enqueueAll(connection, List.of(job)).get(0);
    }

    /**
     * Adds jobs in the caller's transaction, as {@link #enqueue} does one. One round trip.
     *
     * @param jobs at most {@link Jobs#MAX_BATCH}
     * @return the ids that they will have, in their order
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public List<JobId> enqueueAll(Connection connection, List<NewJob> jobs) throws SQLException {
        Jobs.requireBatch(jobs);
        database.migrate(connection);
        var ids = jobs.stream().map(job -> JobId.next()).toList();
        try (var put =
                connection.prepareStatement("select coatcheck.put_into_job_outbox_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            JobIntake.set(connection, put, 1, ids.stream().map(JobId::value).toList(), jobs);
            put.execute();
        }
        return ids;
    }

    @Override
    public List<RelayedJob> moveOut(int max, Consumer<List<RelayedJob>> move) {
        signals.takeDown(WAITED_FOR);
        return database.ask("move jobs out of the outbox", connection -> {
            connection.setAutoCommit(false);
            try (var take = connection.prepareStatement("select * from coatcheck.take_from_job_outbox_v1(?)")) {
                take.setInt(1, Math.min(max, Jobs.MAX_BATCH));
                var taken = Rows.all(take, PostgresOutbox::relayed);
                if (!taken.isEmpty()) {
                    move.accept(taken);
                }
                connection.commit();
                return taken; // otherwise the pool rolls back when it gets the connection
            }
        });
    }

    private static RelayedJob relayed(ResultSet row) throws SQLException {
        var retry = new Retry(
                row.getInt("max_attempts"),
                Duration.ofMillis(row.getLong("first_delay_ms")),
                Duration.ofMillis(row.getLong("max_delay_ms")));
        var job = new NewJob(
                row.getString("queue"),
                row.getString("payload"),
                Duration.of(row.getLong("delay_us"), ChronoUnit.MICROS),
                // A release before may have stored any.
                Math.clamp(row.getInt("priority"), NewJob.MIN_PRIORITY, NewJob.MAX_PRIORITY),
                Rows.text(row, "grp"),
                Rows.text(row, "unique_key"),
                retry);
        return new RelayedJob(new JobId(row.getObject("id", UUID.class)), job);
    }

    @Override
    public void awaitJobs(Duration timeout) throws InterruptedException {
        listener.start();
        signals.await(WAITED_FOR, Math.min(Database.millis(timeout), Integer.MAX_VALUE) * 1_000_000L);
    }

    /** Stops listening. */
    void close() {
        listener.close();
    }
}
