package dev.coatcheck.redis;

import static dev.coatcheck.redis.JobScripts.duration;
import static dev.coatcheck.redis.JobScripts.instant;
import static dev.coatcheck.redis.JobScripts.number;
import static dev.coatcheck.redis.JobScripts.text;

import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people see of jobs. */
final class JobViews {
    private static final Script FIND = JobScripts.script("job-view.lua", "job-find.lua");
    private static final Script LIST = JobScripts.script("job-view.lua", "job-list.lua");
    private static final Script DEPTHS = JobScripts.script("job-depths.lua");
    private static final int VALUES = 13;
    private static final int VALUES_OF_DEPTH = 6;

    private final JobScripts scripts;

    JobViews(JobScripts scripts) {
        this.scripts = scripts;
    }

    Optional<StoredJob> find(JobId id) {
        return stored(scripts.run("find job " + id, FIND, List.of(id.toString()))).stream()
                .findFirst();
    }

    List<StoredJob> list(String queue, JobState state, int limit) {
        return page(JobScripts.requireQueue(queue), state, limit, List.of());
    }

    List<StoredJob> listAfter(StoredJob last, int limit) {
        return page(
                last.queue(),
                last.state(),
                limit,
                List.of(
                        Integer.toString(last.priority()),
                        last.group().orElse(""),
                        JobScripts.micros(last.due()),
                        last.id().toString()));
    }

    private List<StoredJob> page(String queue, JobState state, int limit, List<String> after) {
        Jobs.requirePage(limit);
        var arguments = new ArrayList<>(List.of(queue, JobScripts.stored(state), Integer.toString(limit)));
        arguments.addAll(after);
        return stored(scripts.run("list the jobs of queue \"" + queue + "\"", LIST, arguments));
    }

    Map<String, QueueDepth> depths() {
        var reply = scripts.run("count jobs", DEPTHS, List.of());
        var depths = new HashMap<String, QueueDepth>();
        for (int at = 0; at < reply.size(); at += VALUES_OF_DEPTH) {
            depths.put(
                    text(reply, at),
                    new QueueDepth(
                            number(reply, at + 1),
                            number(reply, at + 2),
                            number(reply, at + 3),
                            number(reply, at + 4),
                            duration(reply, at + 5)));
        }
        return depths;
    }

    private static List<StoredJob> stored(List<@Nullable Object> reply) {
        var jobs = new ArrayList<StoredJob>();
        for (int at = 0; at < reply.size(); at += VALUES) {
            jobs.add(new StoredJob(
                    JobScripts.id(reply, at),
                    text(reply, at + 1),
                    Optional.of(text(reply, at + 2)).filter(group -> !group.isEmpty()),
                    text(reply, at + 3),
                    JobScripts.state(reply, at + 4),
                    (int) number(reply, at + 5),
                    (int) number(reply, at + 6),
                    (int) number(reply, at + 7),
                    instant(reply, at + 8),
                    instant(reply, at + 9),
                    instant(reply, at + 10),
                    Optional.ofNullable(reply.get(at + 11)).map(String::valueOf),
                    Optional.ofNullable(reply.get(at + 12)).map(String::valueOf)));
        }
        return List.copyOf(jobs);
    }
}
