package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What people see of the table of jobs. Each is one round trip. */
final class JobViews {
    private static final JobState[] STATES = {JobState.WAITING, JobState.RUNNING, JobState.DEAD};

    private static final long BEFORE_EVERY_PRIORITY = Integer.MAX_VALUE + 1L;
    private static final UUID FIRST_ID = new UUID(0, 0);
    private static final UUID LAST_ID = new UUID(-1, -1);

    /** Later than any time that a job is given, and still a timestamp. */
    private static final Instant LATEST = Instant.parse("+200000-01-01T00:00:00Z");

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

    List<StoredJob> list(String queue, JobState state, int limit) {
        StoredText.require("the name of a queue", queue);
        return switch (state) {
            case WAITING -> waiting(queue, BEFORE_EVERY_PRIORITY, "", Instant.EPOCH, FIRST_ID, limit);
            case RUNNING -> running(queue, FIRST_ID, limit);
            case DEAD -> dead(queue, LATEST, LAST_ID, limit);
        };
    }

    List<StoredJob> listAfter(StoredJob last, int limit) {
        var id = last.id().value();
        return switch (last.state()) {
            case WAITING -> waiting(last.queue(), last.priority(), last.group().orElse(""), last.due(), id, limit);
            case RUNNING -> running(last.queue(), id, limit);
            case DEAD -> dead(last.queue(), last.due(), id, limit);
        };
    }

    private List<StoredJob> waiting(String queue, long priority, String group, Instant due, UUID id, int limit) {
        // In two parts, each of which an index leads to: one condition for both would read all that comes before.
        return page("list waiting jobs", limit, """
                (select * from coatcheck.jobs
                    where queue = ? and state < 2 and state = 0 and priority = ? and (grp, due_at, id) > (?, ?, ?)
                    order by grp, due_at, id limit ?)
                union all
                (select * from coatcheck.jobs
                    where queue = ? and state < 2 and state = 0 and priority < ?
                    order by priority desc, grp, due_at, id limit ?)
                order by priority desc, grp, due_at, id limit ?
                """, list -> {
            list.setString(1, queue);
            list.setLong(2, priority);
            list.setString(3, group);
            list.setObject(4, due.atOffset(ZoneOffset.UTC));
            list.setObject(5, id);
            list.setInt(6, limit);
            list.setString(7, queue);
            list.setLong(8, priority);
            list.setInt(9, limit);
            list.setInt(10, limit);
        });
    }

    private List<StoredJob> running(String queue, UUID id, int limit) {
        return page(
                "list running jobs",
                limit,
                "select * from coatcheck.jobs where queue = ? and state = 1 and id > ? order by id limit ?",
                list -> {
                    list.setString(1, queue);
                    list.setObject(2, id);
                    list.setInt(3, limit);
                });
    }

    private List<StoredJob> dead(String queue, Instant died, UUID id, int limit) {
        return page("list dead jobs", limit, """
                select * from coatcheck.jobs where queue = ? and state = 2 and (due_at, id) < (?, ?)
                    order by due_at desc, id desc limit ?
                """, list -> {
            list.setString(1, queue);
            list.setObject(2, died.atOffset(ZoneOffset.UTC));
            list.setObject(3, id);
            list.setInt(4, limit);
        });
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private List<StoredJob> page(String attempt, int limit, String sql, Parameters parameters) {
        Jobs.requirePage(limit);
        return database.ask(attempt, connection -> {
            try (var list = connection.prepareStatement(sql)) {
                parameters.set(list);
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

    static JobState state(int stored) {
        return STATES[stored];
    }

    private static StoredJob stored(ResultSet row) throws SQLException {
        return new StoredJob(
                new JobId(row.getObject("id", UUID.class)),
                row.getString("queue"),
                Optional.of(row.getString("grp")).filter(group -> !group.isEmpty()),
                row.getString("payload"),
                state(row.getInt("state")),
                row.getInt("priority"),
                row.getInt("attempts"),
                row.getInt("max_attempts"),
                Rows.instant(row, "enqueued_at"),
                Rows.instant(row, "run_at"),
                Rows.instant(row, "due_at"),
                Rows.text(row, "progress"),
                Rows.text(row, "last_error"));
    }
}
