package dev.coatcheck.postgres;

import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts jobs into the table. */
final class JobIntake {
    private static final String ENQUEUE = "select coatcheck.enqueue_jobs_v2(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private JobIntake() {}

    /** One round trip; what came of each, in their order. */
    static List<Enqueued> add(Connection connection, List<NewJob> jobs) throws SQLException {
        Jobs.requireBatch(jobs);
        if (jobs.isEmpty()) {
            return List.of();
        }
        var ids = jobs.stream().map(job -> TimeOrderedIds.next()).toList();
        try (var enqueue = connection.prepareStatement(ENQUEUE)) {
            var set = new Columns(connection, enqueue, jobs);
            enqueue.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
            set.column(2, "text", NewJob::queue);
            set.column(3, "text", job -> job.group().orElse(null));
            set.column(4, "text", NewJob::payload);
            set.column(5, "int8", job -> Database.micros(job.delay()));
            set.column(6, "int4", NewJob::priority);
            set.column(7, "text", job -> job.uniqueKey().orElse(null));
            set.column(8, "int4", job -> job.retry().maxAttempts());
            set.column(9, "int8", job -> Database.millis(job.retry().firstDelay()));
            set.column(10, "int8", job -> Database.millis(job.retry().maxDelay()));
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

    /** Jobs as the arrays of a statement, each of which is a column. */
    private record Columns(Connection connection, PreparedStatement statement, List<NewJob> jobs) {
        void column(int index, String type, Function<NewJob, @Nullable Object> value) throws SQLException {
            statement.setArray(
                    index,
                    connection.createArrayOf(type, jobs.stream().map(value).toArray()));
        }
    }
}
