package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.FireResult;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.NewJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/** The table of schedules. Each method is one round trip. */
final class JobSchedules {
    private static final String FIRE = """
            with fired as materialized (select coatcheck.fire_schedule_v2(?, ?) as early_us)
            select early_us, case when early_us = 0 then (%s) end as id from fired
            """.formatted(JobIntake.ENQUEUE);

    private final Database database;

    JobSchedules(Database database) {
        this.database = database;
    }

    Instant lastFired(String schedule, Instant now) {
        StoredText.require("the name of a schedule", schedule);
        return database.ask("see when schedule \"" + schedule + "\" fired last", connection -> {
            try (var last = connection.prepareStatement("select coatcheck.last_fired_v2(?, ?) as last_at")) {
                last.setString(1, schedule);
                last.setObject(2, now.atOffset(ZoneOffset.UTC));
                return Rows.only(last, row -> Rows.instant(row, "last_at"));
            }
        });
    }

    FireResult fire(String schedule, Instant at, NewJob job) {
        StoredText.require("the name of a schedule", schedule);
        return database.ask("fire schedule \"" + schedule + "\"", connection -> fire(connection, schedule, at, job));
    }

    private static FireResult fire(Connection connection, String schedule, Instant at, NewJob job) throws SQLException {
        var id = JobId.next();
        try (var fire = connection.prepareStatement(FIRE)) {
            fire.setString(1, schedule);
            fire.setObject(2, at.atOffset(ZoneOffset.UTC));
            JobIntake.set(connection, fire, 3, List.of(id.value()), List.of(job));
            return Rows.only(fire, row -> {
                long early = row.getLong("early_us");
                if (early > 0) {
                    return new FireResult.Early(Rows.micros(early));
                }
                return early < 0
                        ? new FireResult.AlreadyFired()
                        : new FireResult.Fired(Enqueued.of(id, new JobId(row.getObject("id", UUID.class))));
            });
        }
    }
}
