package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobSignals;
import dev.coatcheck.state.jobs.Jobs;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** What workers do with the table of jobs: claim, renew, and say how it ended. Each is one round trip. */
final class JobClaims {
    /** More than any application has; so that queues whose names are made up fill no memory. */
    private static final int MOST_SETS_OF_QUEUES = 1_000;

    private final Database database;
    private final JobSignals signals;

    /** For each set of queues; of threads that claim at once, what any one has found out will do. */
    private final ConcurrentMap<Set<String>, Known> known = new ConcurrentHashMap<>();

    /**
     * What a claim hands to the next: whose turn it is, and where to begin.
     *
     * @param state as the server gave it
     * @param told what had been told of the queues before that claim: where it is more now, what it has gone past may have
     *     changed
     */
    private record Known(String state, long told) {
        private static final Known NOTHING = new Known("{}", -1);
    }

    JobClaims(Database database, JobSignals signals) {
        this.database = database;
        this.signals = signals;
    }

    List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        if (queues.isEmpty() || max < 1) {
            return List.of();
        }
        queues.forEach(queue -> StoredText.require("the name of a queue", queue));
        long told = signals.takeDown(queues);
        var before = known.getOrDefault(queues, Known.NOTHING);
        long asked = System.nanoTime();
        var claimed = database.ask("claim jobs", connection -> {
            try (var claim =
                    connection.prepareStatement("select * from coatcheck.claim_jobs_v3(?, ?, ?, ?::jsonb, ?)")) {
                claim.setArray(1, connection.createArrayOf("text", queues.toArray()));
                claim.setInt(2, max);
                claim.setLong(3, Database.micros(lease));
                claim.setString(4, before.state());
                claim.setBoolean(5, before.told() != told);
                return claimed(claim.executeQuery(), queues, told, asked);
            }
        });
        if (claimed.size() == max) {
            // There may be more, for another thread here that was told of the same jobs.
            signals.raise(queues);
        }
        return claimed;
    }

    private List<ClaimedJob> claimed(ResultSet rows, Set<String> queues, long told, long asked) throws SQLException {
        try (rows) {
            var claimed = new ArrayList<ClaimedJob>();
            while (rows.next()) {
                var id = rows.getObject("id", UUID.class);
                if (id == null) {
                    note(queues, new Known(rows.getString("known"), told));
                    long nextDue = rows.getLong("next_due_us");
                    if (!rows.wasNull()) {
                        // A millisecond more, since a wait may end a little early.
                        signals.nothingBefore(queues, asked + nextDue * 1_000 + 1_000_000);
                    }
                } else {
                    claimed.add(new ClaimedJob(
                            new JobId(id),
                            rows.getString("queue"),
                            Rows.text(rows, "grp"),
                            rows.getString("payload"),
                            rows.getInt("attempt"),
                            rows.getInt("max_attempts"),
                            rows.getLong("fence")));
                }
            }
            return List.copyOf(claimed);
        }
    }

    private void note(Set<String> queues, Known now) {
        if (known.size() >= MOST_SETS_OF_QUEUES) {
            known.clear();
        }
        known.put(Set.copyOf(queues), now);
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
