package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.JobClaiming;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobSignals;
import dev.coatcheck.state.jobs.Jobs;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** What workers do with the table of jobs: claim, renew, and say how it ended. Each is one round trip. */
final class JobClaims {
    /** What the first claim of a process is handed. */
    private static final String NOTHING_KNOWN = "{}";

    private final Database database;
    private final JobClaiming claiming;

    JobClaims(Database database, JobSignals signals) {
        this.database = database;
        this.claiming = new JobClaiming(signals);
    }

    List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        queues.forEach(queue -> StoredText.require("the name of a queue", queue));
        return claiming.claim(
                queues,
                max,
                (known, isChanged) -> database.ask("claim jobs", connection -> {
                    try (var claim = connection.prepareStatement(
                            "select * from coatcheck.claim_jobs_v4(?, ?, ?, ?::jsonb, ?)")) {
                        claim.setArray(1, connection.createArrayOf("text", queues.toArray()));
                        claim.setInt(2, max);
                        claim.setLong(3, Database.micros(lease));
                        claim.setString(4, known.isEmpty() ? NOTHING_KNOWN : known);
                        claim.setBoolean(5, isChanged);
                        return answer(claim.executeQuery());
                    }
                }));
    }

    /** The jobs, and in a last row that is none, what is to be known of the others. */
    private static JobClaiming.Answer answer(ResultSet rows) throws SQLException {
        try (rows) {
            var claimed = new ArrayList<ClaimedJob>();
            while (rows.next()) {
                var id = rows.getObject("id", UUID.class);
                if (id == null) {
                    long nextDue = rows.getLong("next_due_us");
                    var nothingFor = rows.wasNull()
                            ? Optional.<Duration>empty()
                            : Optional.of(Duration.of(nextDue, ChronoUnit.MICROS));
                    return new JobClaiming.Answer(claimed, rows.getString("known"), nothingFor);
                }
                claimed.add(new ClaimedJob(
                        new JobId(id),
                        rows.getString("queue"),
                        Rows.text(rows, "grp"),
                        rows.getString("payload"),
                        rows.getInt("attempt"),
                        rows.getInt("max_attempts"),
                        rows.getLong("fence")));
            }
            throw new SQLException("a claim answers a row that is no job, and there was none");
        }
    }

    Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease) {
        if (jobs.isEmpty()) {
            return Set.of();
        }
        return database.ask("renew the leases of " + jobs.size() + " jobs", connection -> {
            try (var renew = connection.prepareStatement("select coatcheck.renew_jobs_v1(?, ?, ?)")) {
                setJobs(connection, renew, jobs);
                renew.setLong(3, Database.micros(lease));
                return changed(renew, jobs);
            }
        });
    }

    Set<ClaimedJob> complete(Collection<ClaimedJob> jobs) {
        Jobs.requireBatch(jobs);
        if (jobs.isEmpty()) {
            return Set.of();
        }
        return database.ask("complete " + jobs.size() + " jobs", connection -> complete(connection, jobs));
    }

    static Set<ClaimedJob> complete(Connection connection, Collection<ClaimedJob> jobs) throws SQLException {
        try (var complete = connection.prepareStatement("select coatcheck.complete_jobs_v2(?, ?)")) {
            setJobs(connection, complete, jobs);
            return changed(complete, jobs);
        }
    }

    FailResult fail(ClaimedJob job, String error) {
        return database.ask("record that job " + job.id() + " failed", connection -> {
            try (var fail = connection.prepareStatement("select coatcheck.fail_job_v2(?, ?, ?)")) {
                fail.setObject(1, job.id().value());
                fail.setLong(2, job.fence());
                fail.setString(3, StoredText.fit(error, Jobs.MAX_ERROR_BYTES));
                return Rows.first(fail, row -> row.getLong(1))
                        .map(JobClaims::failed)
                        .orElseGet(FailResult.Lost::new);
            }
        });
    }

    private static FailResult failed(long delay) {
        return delay < 0 ? new FailResult.Dead() : new FailResult.WillRetry(Duration.ofMillis(delay));
    }

    boolean report(ClaimedJob job, String progress) {
        return database.ask("report the progress of job " + job.id(), connection -> {
            try (var report = connection.prepareStatement(
                    "update coatcheck.jobs set progress = ? where id = ? and fence = ? and state = 1")) {
                report.setString(1, StoredText.fit(progress, Jobs.MAX_PROGRESS_BYTES));
                report.setObject(2, job.id().value());
                report.setLong(3, job.fence());
                return report.executeUpdate() == 1;
            }
        });
    }

    void giveBack(Collection<ClaimedJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        database.ask("give back " + jobs.size() + " jobs", connection -> {
            try (var giveBack = connection.prepareStatement("select coatcheck.give_back_jobs_v1(?, ?)")) {
                setJobs(connection, giveBack, jobs);
                return giveBack.execute();
            }
        });
    }

    /** Which jobs, as the two arrays of their ids and fences. */
    private static void setJobs(Connection connection, PreparedStatement statement, Collection<ClaimedJob> jobs)
            throws SQLException {
        statement.setArray(1, ids(connection, jobs));
        statement.setArray(2, fences(connection, jobs));
    }

    private static Array ids(Connection connection, Collection<ClaimedJob> jobs) throws SQLException {
        return connection.createArrayOf(
                "uuid", jobs.stream().map(job -> job.id().value()).toArray());
    }

    private static Array fences(Connection connection, Collection<ClaimedJob> jobs) throws SQLException {
        return connection.createArrayOf(
                "int8", jobs.stream().map(ClaimedJob::fence).toArray());
    }

    /** Of the jobs, those whose id the statement answers; of several claims of one job the newest, as no other can be held. */
    private static Set<ClaimedJob> changed(PreparedStatement statement, Collection<ClaimedJob> jobs)
            throws SQLException {
        var ids = Set.copyOf(Rows.all(statement, row -> new JobId(row.getObject(1, UUID.class))));
        var newest = jobs.stream()
                .filter(job -> ids.contains(job.id()))
                .collect(Collectors.toMap(
                        ClaimedJob::id, job -> job, BinaryOperator.maxBy(Comparator.comparingLong(ClaimedJob::fence))));
        return Set.copyOf(newest.values());
    }
}
