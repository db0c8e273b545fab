package dev.coatcheck.redis;

import static dev.coatcheck.redis.JobScripts.number;
import static dev.coatcheck.redis.JobScripts.text;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobSignals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Claims jobs, and remembers whose turn it was. */
final class JobClaims {
    private static final Script CLAIM = JobScripts.script("job-claim.lua");
    private static final int VALUES = 7;

    /** More than any application has; so that queues whose names are made up fill no memory. */
    private static final int MOST_SETS_OF_QUEUES = 1_000;

    private final JobScripts scripts;
    private final JobSignals signals;
    private final Duration deadKept;

    /** Where the next claim goes on, for each set of queues; of threads that claim at once, any one's will do. */
    private final ConcurrentMap<Set<String>, String> positions = new ConcurrentHashMap<>();

    /** @param deadKept for how long jobs that are dead are kept */
    JobClaims(JobScripts scripts, JobSignals signals, Duration deadKept) {
        this.scripts = scripts;
        this.signals = signals;
        this.deadKept = deadKept;
    }

    List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        if (queues.isEmpty() || max < 1) {
            return List.of();
        }
        queues.forEach(JobScripts::requireQueue);
        signals.takeDown(queues);
        long asked = System.nanoTime();
        var arguments = new ArrayList<>(List.of(
                Integer.toString(max),
                JobScripts.micros(lease),
                JobScripts.micros(deadKept),
                positions.getOrDefault(queues, "")));
        arguments.addAll(queues);
        var reply = scripts.run("claim jobs", CLAIM, arguments);
        note(queues, text(reply, 0));
        long wait = number(reply, 1);
        if (wait >= 0) {
            // A millisecond more, since a wait may end a little early.
            signals.nothingBefore(queues, asked + wait * 1_000 + 1_000_000);
        }
        var claimed = claimed(reply);
        if (claimed.size() == max) {
            // There may be more, for another thread here that was told of the same jobs.
            signals.raise(queues);
        }
        return claimed;
    }

    private static List<ClaimedJob> claimed(List<@Nullable Object> reply) {
        var claimed = new ArrayList<ClaimedJob>();
        for (int at = 2; at < reply.size(); at += VALUES) {
            claimed.add(new ClaimedJob(
                    JobScripts.id(reply, at),
                    text(reply, at + 1),
                    Optional.of(text(reply, at + 2)).filter(group -> !group.isEmpty()),
                    text(reply, at + 3),
                    (int) number(reply, at + 4),
                    (int) number(reply, at + 5),
                    number(reply, at + 6)));
        }
        return List.copyOf(claimed);
    }

    private void note(Set<String> queues, String position) {
        if (positions.size() >= MOST_SETS_OF_QUEUES) {
            positions.clear();
        }
        if (!position.isEmpty()) {
            positions.put(Set.copyOf(queues), position);
        } else {
            positions.remove(queues);
        }
    }
}
