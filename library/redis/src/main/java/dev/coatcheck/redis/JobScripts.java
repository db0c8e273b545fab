package dev.coatcheck.redis;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How scripts on jobs are asked, and how what they say is read. */
final class JobScripts {
    /** Scripts count microseconds in doubles; a job that waits longer than this waits no longer than this. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final JobState[] STATES = {JobState.WAITING, JobState.RUNNING, JobState.DEAD};

    private final Connection connection;
    private final List<String> keys;
    private final String channel;

    JobScripts(Connection connection, String prefix) {
        this.connection = connection;
        this.channel = prefix + "jobs-told";
        // In braces, so that all are in one slot; with the prefix, so that those of two applications are in two.
        this.keys = Stream.of(
                        "records",
                        "texts",
                        "unique",
                        "turns",
                        "due",
                        "running",
                        "held",
                        "dead",
                        "limits",
                        "rates",
                        "schedules",
                        "relayed",
                        "batches")
                .map(name -> prefix + "{" + prefix + "jobs}:" + name)
                .toList();
    }

    /** On which workers are told. */
    String channel() {
        return channel;
    }

    /** Runs a script on jobs. One command. */
    List<@Nullable Object> run(String attempt, Script script, List<String> arguments) {
        var all = new ArrayList<String>(1 + arguments.size());
        all.add(channel);
        all.addAll(arguments);
        return connection.await(attempt, connection.run(script, keys, all));
    }

    RuntimeException failure(String attempt, List<@Nullable Object> reply) {
        return connection.failure(attempt, new IllegalStateException("answered " + reply));
    }

    static Script script(String... files) {
        return Script.of(Stream.concat(Stream.of("job.lua"), Stream.of(files)).toArray(String[]::new));
    }

    /** A job to be added, as a script takes it. */
    static List<String> arguments(JobId id, NewJob job) {
        return List.of(
                id.toString(),
                job.queue(),
                job.group().orElse(""),
                job.payload(),
                micros(job.delay()),
                Integer.toString(job.priority()),
                job.uniqueKey().map(key -> "=" + key).orElse(""),
                Integer.toString(job.retry().maxAttempts()),
                millis(job.retry().firstDelay()),
                millis(job.retry().maxDelay()));
    }

    /** Which jobs, each as its id and fence. */
    static List<String> arguments(Collection<ClaimedJob> jobs) {
        return jobs.stream()
                .flatMap(job -> Stream.of(job.id().toString(), Long.toString(job.fence())))
                .toList();
    }

    static String requireQueue(String queue) {
        return StoredText.require("the name of a queue", queue);
    }

    static String micros(Duration duration) {
        var most = shortened(duration);
        return Long.toString(most.toSeconds() * 1_000_000 + most.toNanosPart() / 1_000);
    }

    static String millis(Duration duration) {
        return Long.toString(shortened(duration).toMillis());
    }

    private static Duration shortened(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }

    static String micros(Instant time) {
        return Long.toString(time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000);
    }

    static Instant instant(List<@Nullable Object> reply, int index) {
        long micros = number(reply, index);
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L);
    }

    static Duration duration(List<@Nullable Object> reply, int index) {
        return Duration.ofNanos(number(reply, index) * 1_000);
    }

    static JobState state(List<@Nullable Object> reply, int index) {
        return STATES[(int) number(reply, index)];
    }

    static String stored(JobState state) {
        return switch (state) {
            case WAITING -> "0";
            case RUNNING -> "1";
            case DEAD -> "2";
        };
    }

    static JobId id(List<@Nullable Object> reply, int index) {
        return new JobId(UUID.fromString(text(reply, index)));
    }

    static String text(List<@Nullable Object> reply, int index) {
        return String.valueOf(reply.get(index));
    }

    static long number(List<@Nullable Object> reply, int index) {
        return Long.parseLong(text(reply, index));
    }
}
