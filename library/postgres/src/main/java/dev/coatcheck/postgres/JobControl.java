package dev.coatcheck.postgres;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import java.util.Optional;

/** What people change in the table of jobs. Each is one round trip. */
final class JobControl {
    private final Database database;

    JobControl(Database database) {
        this.database = database;
    }

    boolean replay(JobId id) {
        return database.ask("replay job " + id, connection -> {
            try (var replay = connection.prepareStatement("select coatcheck.replay_job_v1(?)")) {
                replay.setObject(1, id.value());
                return Rows.only(replay, row -> row.getBoolean(1));
            }
        });
    }

    int replayAll(String queue, int max) {
        StoredText.require("the name of a queue", queue);
        Jobs.requirePage(max);
        return database.ask("replay the dead jobs of queue \"" + queue + "\"", connection -> {
            try (var replay = connection.prepareStatement("select coatcheck.replay_jobs_v2(?, ?)")) {
                replay.setString(1, queue);
                replay.setInt(2, max);
                return Rows.only(replay, row -> row.getInt(1));
            }
        });
    }

    Optional<JobState> cancel(JobId id) {
        return database.ask("cancel job " + id, connection -> {
            try (var cancel = connection.prepareStatement("select coatcheck.cancel_job_v2(?)")) {
                cancel.setObject(1, id.value());
                return Rows.first(cancel, row -> JobViews.state(row.getInt(1)));
            }
        });
    }

    /** Sets what a group may have; all groups of the queue where its name is empty. */
    void limit(String queue, String group, GroupLimit limit) {
        StoredText.require("the name of a queue", queue);
        StoredText.require("the name of a group", group);
        database.ask("limit the groups of queue \"" + queue + "\"", connection -> {
            try (var set = connection.prepareStatement("select coatcheck.limit_job_group_v2(?, ?, ?, ?, ?)")) {
                set.setString(1, queue);
                set.setString(2, group);
                set.setInt(3, limit.concurrency());
                set.setInt(4, limit.starts());
                set.setLong(5, Database.micros(limit.window()));
                return set.execute();
            }
        });
    }
}
