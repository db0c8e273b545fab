package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Jobs in a table, with what only a database can do: they are enqueued, and completed, in the caller's own transaction,
 * together with the rows that they are about.
 *
 * <pre>{@code
 * try (var connection = postgres.dataSource().getConnection()) {
 *     connection.setAutoCommit(false);
 *     insertPhoto(connection, photo);
 *     jobs.enqueue(connection, NewJob.of("photos", photo.id()));
 *     connection.commit(); // both or neither
 * }
 * }</pre>
 *
 * <p>Every method is one round trip. A claim visits the priorities that a queue has one by one, so tens of them are fine
 * and thousands are not. Whoever waits for work is told by the server at once; where that connection is lost, until it
 * is there again, work is found when the worker looks by itself. {@link #depths()} reads the whole table, which holds
 * nothing that was done.
 */
public final class PostgresJobs implements Jobs {
    private static final JobState[] STATES = {JobState.WAITING, JobState.RUNNING, JobState.DEAD};

    private final Database database;
    private final Listener listener;
    private final JobSignals signals;

    PostgresJobs(Database database, Listener listener, JobSignals signals) {
        this.database = database;
        this.listener = listener;
        this.signals = signals;
    }

    @Override
    public Enqueued enqueue(NewJob job) {
        return database.ask("enqueue a job in queue \"" + job.queue() + "\"", connection -> add(connection, job));
    }

    /**
     * Adds a job in the caller's transaction: it is there when that commits, and not otherwise.
     *
     * <p>A process that has not used the adapter yet looks for its tables on this connection first, and takes another of
     * the pool only where they are missing: {@link Postgres#migrate()} in a release step sees to it that they are not.
     *
     * <p>Where another transaction has just enqueued the same unique key and is not over, this waits for its end.
     *
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public Enqueued enqueue(Connection connection, NewJob job) throws SQLException {
        database.migrate(connection);
        return add(connection, job);
    }

    private static Enqueued add(Connection connection, NewJob job) throws SQLException {
        var id = TimeOrderedIds.next();
        try (var enqueue = connection.prepareStatement("select coatcheck.enqueue_job_v1(?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            enqueue.setObject(1, id);
            enqueue.setString(2, job.queue());
            enqueue.setString(3, job.payload());
            enqueue.setLong(4, Database.micros(job.delay()));
            enqueue.setInt(5, job.priority());
            enqueue.setString(6, job.uniqueKey().orElse(null));
            enqueue.setInt(7, job.retry().maxAttempts());
            enqueue.setLong(8, Database.millis(job.retry().firstDelay()));
            enqueue.setLong(9, Database.millis(job.retry().maxDelay()));
            var standing = Rows.only(enqueue, row -> row.getObject(1, UUID.class));
            return standing.equals(id)
                    ? new Enqueued.Added(new JobId(id))
                    : new Enqueued.Duplicate(new JobId(standing));
        }
    }

    @Override
    public List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        if (queues.isEmpty() || max < 1) {
            return List.of();
        }
        queues.forEach(queue -> StoredText.require("the name of a queue", queue));
        signals.takeDown(queues);
        long asked = System.nanoTime();
        var claimed = database.ask("claim jobs", connection -> {
            try (var claim = connection.prepareStatement("select * from coatcheck.claim_jobs_v1(?, ?, ?)")) {
                claim.setArray(1, connection.createArrayOf("text", queues.toArray()));
                claim.setInt(2, max);
                claim.setLong(3, Database.micros(lease));
                return claimed(claim.executeQuery(), queues, asked);
            }
        });
        if (claimed.size() == max) {
            // There may be more, for another thread here that was told of the same jobs.
            signals.raise(queues);
        }
        return claimed;
    }

    private List<ClaimedJob> claimed(ResultSet rows, Set<String> queues, long asked) throws SQLException {
        try (rows) {
            var claimed = new ArrayList<ClaimedJob>();
            while (rows.next()) {
                var id = rows.getObject("id", UUID.class);
                if (id == null) {
                    // A millisecond more, since a wait may end a little early.
                    signals.nothingBefore(queues, asked + rows.getLong("next_due_us") * 1_000 + 1_000_000);
                } else {
                    claimed.add(new ClaimedJob(
                            new JobId(id),
                            rows.getString("queue"),
                            rows.getString("payload"),
                            rows.getInt("attempt"),
                            rows.getInt("max_attempts"),
                            rows.getLong("fence")));
                }
            }
            return List.copyOf(claimed);
        }
    }

    @Override
    public void awaitWork(Set<String> queues, Duration timeout) throws InterruptedException {
        listener.start();
        signals.await(queues, Math.min(Database.millis(timeout), Integer.MAX_VALUE) * 1_000_000L);
    }

    @Override
    public Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease) {
        if (jobs.isEmpty()) {
            return Set.of();
        }
        var kept = database.ask("renew the leases of " + jobs.size() + " jobs", connection -> {
            try (var renew = connection.prepareStatement("select coatcheck.renew_jobs_v1(?, ?, ?)")) {
                renew.setArray(1, ids(connection, jobs));
                renew.setArray(2, fences(connection, jobs));
                renew.setLong(3, Database.micros(lease));
                return Set.copyOf(Rows.all(renew, row -> new JobId(row.getObject(1, UUID.class))));
            }
        });
        var renewed = new HashSet<>(jobs);
        renewed.removeIf(job -> !kept.contains(job.id()));
        return renewed;
    }

    @Override
    public boolean complete(ClaimedJob job) {
        return database.ask("complete job " + job.id(), connection -> complete(connection, job));
    }

    /**
     * Ends a job that was done in the caller's transaction, together with what it has done: both or neither. The handler
     * tells its worker so with {@link dev.coatcheck.state.jobs.Execution#completed()}.
     *
     * @return false where the caller no longer has the job: roll back then, since another has it
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public boolean complete(Connection connection, ClaimedJob job) throws SQLException {
        try (var delete =
                connection.prepareStatement("delete from coatcheck.jobs where id = ? and fence = ? and state = 1")) {
            delete.setObject(1, job.id().value());
            delete.setLong(2, job.fence());
            return delete.executeUpdate() == 1;
        }
    }

    @Override
    public FailResult fail(ClaimedJob job, String error) {
        return database.ask("record that job " + job.id() + " failed", connection -> {
            try (var fail = connection.prepareStatement("select coatcheck.fail_job_v1(?, ?, ?)")) {
                fail.setObject(1, job.id().value());
                fail.setLong(2, job.fence());
                fail.setString(3, StoredText.fit(error, MAX_ERROR_BYTES));
                return Rows.first(fail, row -> row.getLong(1))
                        .map(PostgresJobs::failed)
                        .orElseGet(FailResult.Lost::new);
            }
        });
    }

    private static FailResult failed(long delay) {
        return delay < 0 ? new FailResult.Dead() : new FailResult.WillRetry(Duration.ofMillis(delay));
    }

    @Override
    public void giveBack(Collection<ClaimedJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        database.ask("give back " + jobs.size() + " jobs", connection -> {
            try (var giveBack = connection.prepareStatement("select coatcheck.give_back_jobs_v1(?, ?)")) {
                giveBack.setArray(1, ids(connection, jobs));
                giveBack.setArray(2, fences(connection, jobs));
                return giveBack.execute();
            }
        });
    }

    @Override
    public Optional<StoredJob> find(JobId id) {
        return database.ask("find job " + id, connection -> {
            try (var find = connection.prepareStatement("select * from coatcheck.jobs where id = ?")) {
                find.setObject(1, id.value());
                return Rows.first(find, PostgresJobs::stored);
            }
        });
    }

    @Override
    public List<StoredJob> dead(String queue, int limit) {
        StoredText.require("the name of a queue", queue);
        return database.ask("list dead jobs", connection -> {
            try (var list = connection.prepareStatement("select * from coatcheck.jobs where queue = ? and state = 2"
                    + " order by due_at desc, id desc limit ?")) {
                list.setString(1, queue);
                list.setInt(2, limit);
                return Rows.all(list, PostgresJobs::stored);
            }
        });
    }

    @Override
    public boolean replay(JobId id) {
        return database.ask("replay job " + id, connection -> {
            try (var replay = connection.prepareStatement("select coatcheck.replay_job_v1(?)")) {
                replay.setObject(1, id.value());
                return Rows.only(replay, row -> row.getBoolean(1));
            }
        });
    }

    @Override
    public Map<String, QueueDepth> depths() {
        return database.ask("count jobs", connection -> {
            try (var count = connection.prepareStatement("""
                            select queue,
                                count(*) filter (where state < 2 and due_at <= now) as waiting,
                                count(*) filter (where state = 0 and due_at > now) as delayed,
                                count(*) filter (where state = 1 and due_at > now) as running,
                                count(*) filter (where state = 2) as dead,
                                coalesce(1000000 * extract(epoch from
                                    max(now) - min(due_at) filter (where state < 2 and due_at <= now)), 0) as oldest_us
                            from coatcheck.jobs, statement_timestamp() as now
                            group by queue
                            """);
                    var rows = count.executeQuery()) {
                var depths = new HashMap<String, QueueDepth>();
                while (rows.next()) {
                    depths.put(rows.getString("queue"), depth(rows));
                }
                return depths;
            }
        });
    }

    private static QueueDepth depth(ResultSet row) throws SQLException {
        return new QueueDepth(
                row.getLong("waiting"),
                row.getLong("delayed"),
                row.getLong("running"),
                row.getLong("dead"),
                Duration.ofNanos(row.getBigDecimal("oldest_us").longValue() * 1_000));
    }

    private static StoredJob stored(ResultSet row) throws SQLException {
        return new StoredJob(
                new JobId(row.getObject("id", UUID.class)),
                row.getString("queue"),
                row.getString("payload"),
                STATES[row.getInt("state")],
                row.getInt("priority"),
                row.getInt("attempts"),
                row.getInt("max_attempts"),
                Rows.instant(row, "enqueued_at"),
                Rows.instant(row, "run_at"),
                Rows.text(row, "last_error"));
    }

    private static Array ids(Connection connection, Collection<ClaimedJob> jobs) throws SQLException {
        return connection.createArrayOf(
                "uuid", jobs.stream().map(job -> job.id().value()).toArray());
    }

    private static Array fences(Connection connection, Collection<ClaimedJob> jobs) throws SQLException {
        return connection.createArrayOf(
                "int8", jobs.stream().map(ClaimedJob::fence).toArray());
    }

    /** Stops listening. */
    void close() {
        listener.close();
    }
}
