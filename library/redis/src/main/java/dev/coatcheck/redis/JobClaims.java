package dev.coatcheck.redis;

import static dev.coatcheck.redis.JobScripts.number;
import static dev.coatcheck.redis.JobScripts.text;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobClaiming;
import dev.coatcheck.state.jobs.JobSignals;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Claims jobs, and remembers whose turn it was. */
final class JobClaims {
    private static final Script CLAIM = JobScripts.script("job-claim.lua");
    private static final int VALUES = 7;

    private final JobScripts scripts;
    private final JobClaiming claiming;
    private final Duration deadKept;

    /** @param deadKept for how long jobs that are dead are kept */
    JobClaims(JobScripts scripts, JobSignals signals, Duration deadKept) {
        this.scripts = scripts;
        this.claiming = new JobClaiming(signals);
        this.deadKept = deadKept;
    }

    List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        queues.forEach(JobScripts::requireQueue);
        return claiming.claim(queues, max, (position, isChanged) -> {
            var arguments = new ArrayList<>(
                    List.of(Integer.toString(max), JobScripts.micros(lease), JobScripts.micros(deadKept), position));
            arguments.addAll(queues);
            var reply = scripts.run("claim jobs", CLAIM, arguments);
            var nothingFor = Optional.of(number(reply, 1))
                    .filter(wait -> wait >= 0)
                    .map(wait -> Duration.of(wait, ChronoUnit.MICROS));
            return new JobClaiming.Answer(claimed(reply), text(reply, 0), nothingFor);
        });
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
        return claimed;
    }
}
