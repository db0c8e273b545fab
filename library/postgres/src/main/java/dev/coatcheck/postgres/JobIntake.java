package dev.coatcheck.postgres;

import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Puts jobs into the table. */
final class JobIntake {
    private static final String ENQUEUE = "select coatcheck.enqueue_jobs_v2(?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private JobIntake() {}

    /** One round trip; what came of each, in their order. */
    static List<Enqueued> add(Connection connection, List<NewJob> jobs) throws SQLException {
        Jobs.requireBatch(jobs);
        if (jobs.isEmpty()) {
            return List.of();
        }
        var ids = jobs.stream().map(job -> TimeOrderedIds.next()).toList();
        try (var enqueue = connection.prepareStatement(ENQUEUE)) {
            enqueue.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
            enqueue.setArray(2, array(connection, "text", jobs, NewJob::queue));
            enqueue.setArray(3, array(connection, "text", jobs, NewJob::payload));
            enqueue.setArray(4, array(connection, "int8", jobs, job -> Database.micros(job.delay())));
            enqueue.setArray(5, array(connection, "int4", jobs, NewJob::priority));
            enqueue.setArray(
                    6, array(connection, "text", jobs, job -> job.uniqueKey().orElse(null)));
            enqueue.setArray(
                    7, array(connection, "int4", jobs, job -> job.retry().maxAttempts()));
            enqueue.setArray(
                    8,
                    array(
                            connection,
                            "int8",
                            jobs,
                            job -> Database.millis(job.retry().firstDelay())));
            enqueue.setArray(
                    9,
                    array(
                            connection,
                            "int8",
                            jobs,
                            job -> Database.millis(job.retry().maxDelay())));
            return enqueued(ids, Rows.all(enqueue, row -> row.getObject(1, UUID.class)));
        }
    }

    private static List<Enqueued> enqueued(List<UUID> ids, List<UUID> standing) {
        var enqueued = new ArrayList<Enqueued>();
        for (int i = 0; i < ids.size(); i++) {
            var id = new JobId(standing.get(i));
            enqueued.add(standing.get(i).equals(ids.get(i)) ? new Enqueued.Added(id) : new Enqueued.Duplicate(id));
        }
        return List.copyOf(enqueued);
    }

    private static Array array(Connection connection, String type, List<NewJob> jobs, Function<NewJob, ?> value)
            throws SQLException {
        return connection.createArrayOf(type, jobs.stream().map(value).toArray());
    }
}
