package dev.coatcheck.postgres;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.EnqueuedBatch;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.FireResult;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobCapability;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobSignals;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * and thousands are not. Groups take turns by an index that leads from each to the next: what waits in one costs the
 * others nothing. One claim gives at most 512 turns; where that many groups in a row have nothing that may start, the next
 * claim goes on from there 50 ms later, and once all of them had nothing, a worker waits until one may have. What
 * another transaction has locked is looked at again every 50 ms.
 *
 * <p>Whoever waits for work, or runs a job that is cancelled, is told by the server at once; where that connection is lost,
 * until it is there again, work is found when the worker looks by itself, and a cancel when it renews its leases.
 * {@link #depths()} reads the whole table, which holds nothing that was done.
 *
 * <p>A transaction that stays open in the same database keeps what was done from being cleared away. Where that is much, a
 * claim begins where the one before has ended, in each group too. While every place is taken, a job that was given back, or
 * was committed late, or is the first of its group, waits until a claim looks from the very beginning: twenty times as long as
 * such a look takes, and two seconds at the most.
 */
public final class PostgresJobs implements Jobs {
    private final Database database;
    private final Listener listener;
    private final JobSignals signals;
    private final JobClaims claims;
    private final JobViews views;
    private final JobControl control;
    private final JobSchedules schedules;

    PostgresJobs(Database database, Listener listener, JobSignals signals) {
        this.database = database;
        this.listener = listener;
        this.signals = signals;
        this.claims = new JobClaims(database, signals);
        this.views = new JobViews(database);
        this.control = new JobControl(database);
        this.schedules = new JobSchedules(database);
    }

    /** What the server says, as it concerns jobs. */
    static Listener.Heard heard(JobSignals signals) {
        return new Listener.Heard() {
            @Override
            public void heard(List<String> messages) {
                signals.heard(messages);
            }

            @Override
            public void mayHaveMissed() {
                signals.mayHaveMissed();
            }
        };
    }

    @Override
    public Set<JobCapability> capabilities() {
        return Set.of(JobCapability.TRANSACTIONS);
    }

    @Override
    public List<Enqueued> enqueueAll(List<NewJob> jobs) {
        return database.ask("enqueue " + jobs.size() + " jobs", connection -> JobIntake.add(connection, jobs));
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
        return enqueueAll(connection, List.of(job)).get(0);
    }

    /**
     * Adds jobs in the caller's transaction, as {@link #enqueue(Connection, NewJob)} does one. Two transactions that call
     * this several times with the same unique keys should do it in the same order, or one of them may be refused as a
     * deadlock.
     *
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public List<Enqueued> enqueueAll(Connection connection, List<NewJob> jobs) throws SQLException {
        database.migrate(connection);
        return JobIntake.add(connection, jobs);
    }

    @Override
    public EnqueuedBatch enqueueBatch(List<NewJob> jobs, NewJob then) {
        return database.ask(
                "enqueue a batch of " + jobs.size() + " jobs",
                connection -> JobIntake.addBatch(connection, jobs, then));
    }

    /**
     * Adds a batch in the caller's transaction, as {@link #enqueueBatch(List, NewJob)} does by itself.
     *
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public EnqueuedBatch enqueueBatch(Connection connection, List<NewJob> jobs, NewJob then) throws SQLException {
        database.migrate(connection);
        return JobIntake.addBatch(connection, jobs, then);
    }

    @Override
    public List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        return claims.claim(queues, max, lease);
    }

    @Override
    public void awaitWork(Set<String> queues, Duration timeout) throws InterruptedException {
        listener.start();
        signals.await(queues, Math.min(Database.millis(timeout), Integer.MAX_VALUE) * 1_000_000L);
    }

    @Override
    public Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease) {
        return claims.renew(jobs, lease);
    }

    @Override
    public Set<ClaimedJob> completeAll(Collection<ClaimedJob> jobs) {
        return claims.complete(jobs);
    }

    /**
     * Ends a job that was done in the caller's transaction, together with what it has done: both or neither. The handler
     * tells its worker so with {@link dev.coatcheck.state.jobs.Execution#completed()}.
     *
     * @return false where the caller no longer has the job: roll back then, since another has it
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     */
    public boolean complete(Connection connection, ClaimedJob job) throws SQLException {
        return !JobClaims.complete(connection, List.of(job)).isEmpty();
    }

    @Override
    public FailResult fail(ClaimedJob job, String error) {
        return claims.fail(job, error);
    }

    @Override
    public void giveBack(Collection<ClaimedJob> jobs) {
        claims.giveBack(jobs);
    }

    @Override
    public Optional<StoredJob> find(JobId id) {
        return views.find(id);
    }

    @Override
    public List<StoredJob> list(String queue, JobState state, int limit) {
        return views.list(queue, state, limit);
    }

    @Override
    public List<StoredJob> listAfter(StoredJob last, int limit) {
        return views.listAfter(last, limit);
    }

    @Override
    public boolean report(ClaimedJob job, String progress) {
        return claims.report(job, progress);
    }

    @Override
    public boolean replay(JobId id) {
        return control.replay(id);
    }

    @Override
    public int replayAll(String queue, int max) {
        return control.replayAll(queue, max);
    }

    @Override
    public Optional<JobState> cancel(JobId id) {
        return control.cancel(id);
    }

    @Override
    public CancelWatch onCancel(Runnable told) {
        listener.start();
        return signals.onCancel(told);
    }

    @Override
    public void limitGroups(String queue, GroupLimit limit) {
        control.limit(queue, "", limit);
    }

    @Override
    public void limitGroup(String queue, String group, GroupLimit limit) {
        if (group.isEmpty()) {
            throw new IllegalArgumentException("a group has a name: limitGroups is for all of a queue");
        }
        control.limit(queue, group, limit);
    }

    @Override
    public Instant lastFired(String schedule, Instant now) {
        return schedules.lastFired(schedule, now);
    }

    @Override
    public FireResult fire(String schedule, Instant at, NewJob job) {
        return schedules.fire(schedule, at, job);
    }

    @Override
    public Map<String, QueueDepth> depths() {
        return views.depths();
    }

    /** Stops listening. */
    void close() {
        listener.close();
    }
}
