package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What people see of the table of jobs. Each is one round trip. */
final class JobViews {
    private static final JobState[] STATES = {JobState.WAITING, JobState.RUNNING, JobState.DEAD};

    private final Database database;

    JobViews(Database database) {
        this.database = database;
    }

    Optional<StoredJob> find(JobId id) {
        return database.ask("find job " + id, connection -> {
            try (var find = connection.prepareStatement("select * from coatcheck.jobs where id = ?")) {
                find.setObject(1, id.value());
                return Rows.first(find, JobViews::stored);
            }
        });
    }

    List<StoredJob> dead(String queue, int limit) {
        StoredText.require("the name of a queue", queue);
        return database.ask("list dead jobs", connection -> {
            try (var list = connection.prepareStatement("select * from coatcheck.jobs where queue = ? and state = 2"
                    + " order by due_at desc, id desc limit ?")) {
                list.setString(1, queue);
                list.setInt(2, limit);
                return Rows.all(list, JobViews::stored);
            }
        });
    }

    Map<String, QueueDepth> depths() {
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
                Optional.of(row.getString("grp")).filter(group -> !group.isEmpty()),
                row.getString("payload"),
                STATES[row.getInt("state")],
                row.getInt("priority"),
                row.getInt("attempts"),
                row.getInt("max_attempts"),
                Rows.instant(row, "enqueued_at"),
                Rows.instant(row, "run_at"),
                Rows.text(row, "last_error"));
    }
}
