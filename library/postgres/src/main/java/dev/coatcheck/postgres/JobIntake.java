package dev.coatcheck.postgres;

import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.EnqueuedBatch;
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
    /** Answers with an id for each job; its parameters are those of {@link #set}. */
    static final String ENQUEUE = "select coatcheck.enqueue_jobs_v2(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private JobIntake() {}

    /** One round trip; what came of each, in their order. */
    static List<Enqueued> add(Connection connection, List<NewJob> jobs) throws SQLException {
        Jobs.requireBatch(jobs);
        if (jobs.isEmpty()) {
            return List.of();
        }
        var ids = jobs.stream().map(job -> JobId.next().value()).toList();
        try (var enqueue = connection.prepareStatement(ENQUEUE)) {
            set(connection, enqueue, 1, ids, jobs);
            return enqueued(ids, Rows.all(enqueue, row -> row.getObject(1, UUID.class)));
        }
    }

    /** Adds a batch, and what follows it. One round trip. */
    static EnqueuedBatch addBatch(Connection connection, List<NewJob> jobs, NewJob then) throws SQLException {
        Jobs.requireBatch(jobs);
        var all = new ArrayList<NewJob>(List.of(then));
        all.addAll(jobs);
        var ids = all.stream().map(job -> JobId.next().value()).toList();
        try (var enqueue =
                connection.prepareStatement("select coatcheck.enqueue_job_batch_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            set(connection, enqueue, 1, ids, all);
            var standing = Rows.all(enqueue, row -> row.getObject(1, UUID.class));
            return new EnqueuedBatch(enqueued(ids.subList(1, ids.size()), standing), new JobId(ids.get(0)));
        }
    }

    /** Sets the parameters of {@link #ENQUEUE}, the first of which is the statement's {@code from}th. */
    static void set(Connection connection, PreparedStatement statement, int from, List<UUID> ids, List<NewJob> jobs)
            throws SQLException {
        statement.setArray(from, connection.createArrayOf("uuid", ids.toArray()));
        var set = new Columns(connection, statement, jobs);
        set.column(from + 1, "text", NewJob::queue);
        set.column(from + 2, "text", job -> job.group().orElse(null));
        set.column(from + 3, "text", NewJob::payload);
        set.column(from + 4, "int8", job -> Database.micros(job.delay()));
        set.column(from + 5, "int4", NewJob::priority);
        set.column(from + 6, "text", job -> job.uniqueKey().orElse(null));
        set.column(from + 7, "int4", job -> job.retry().maxAttempts());
        set.column(from + 8, "int8", job -> Database.millis(job.retry().firstDelay()));
        set.column(from + 9, "int8", job -> Database.millis(job.retry().maxDelay()));
    }

    private static List<Enqueued> enqueued(List<UUID> ids, List<UUID> standing) {
        var enqueued = new ArrayList<Enqueued>();
        for (int i = 0; i < ids.size(); i++) {
            enqueued.add(Enqueued.of(new JobId(ids.get(i)), new JobId(standing.get(i))));
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
