package dev.coatcheck.redis;

import static dev.coatcheck.redis.JobScripts.duration;
import static dev.coatcheck.redis.JobScripts.id;
import static dev.coatcheck.redis.JobScripts.number;
import static dev.coatcheck.redis.JobScripts.script;
import static dev.coatcheck.redis.JobScripts.text;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.EnqueuedBatch;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.FireResult;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobInbox;
import dev.coatcheck.state.jobs.JobSignals;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.RelayedJob;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Jobs on Redis: a fixed number of hashes and sorted sets, all in one slot of a cluster, which scripts read and change. What
 * is in them is written in {@code job.lua}.
 *
 * <p>Cost: every method is one command. Each job that is enqueued, claimed or completed takes the server some tens of
 * microseconds, during which it serves nothing else: a batch of a thousand takes that many milliseconds. A claim takes longer
 * with each group that it passes, and with each priority that the queues have, and not with what waits; it forgets up to a
 * hundred jobs, of any queues, that have been dead for longer than {@link RedisSettings#deadJobsKept()}. {@link #depths()} grows
 * with the number of queues and of their priorities, and {@link #replayAll} looks at 5,000 dead jobs at the most, those whose
 * unique key another has included. Who waits for work, or runs jobs, listens on one more connection. A server that is full
 * enqueues nothing, and still lets jobs be claimed, completed and given back. Thread-safe.
 *
 * <p>A job is enqueued in the transaction of a database by an outbox there, from which a relay moves it here:
 *
 * <pre>{@code
 * postgres.outbox().enqueue(connection, NewJob.of("photos", photo.id()));
 * // in any process
 * var relay = JobRelay.start(postgres.outbox(), redis.jobs());
 * }</pre>
 */
public final class RedisJobs implements Jobs, JobInbox {
    private static final Script ENQUEUE = script("job-add.lua", "job-enqueue.lua");
    private static final Script ENQUEUE_BATCH = script("job-add.lua", "job-batch.lua");
    private static final Script RENEW = script("job-renew.lua");
    private static final Script COMPLETE = script("job-complete.lua");
    private static final Script FAIL = script("job-fail.lua");
    private static final Script GIVE_BACK = script("job-give-back.lua");
    private static final Script REPORT = script("job-report.lua");
    private static final Script CANCEL = script("job-cancel.lua");
    private static final Script REPLAY = script("job-revive.lua", "job-replay.lua");
    private static final Script REPLAY_ALL = script("job-revive.lua", "job-replay-all.lua");
    private static final Script LIMIT = script("job-limit.lua");
    private static final Script ACCEPT = script("job-add.lua", "job-relayed.lua", "job-accept.lua");
    private static final Script CONFIRM = script("job-relayed.lua", "job-confirm.lua");
    private static final Script FIRED = script("job-fired.lua");
    private static final Script FIRE = script("job-add.lua", "job-fire.lua");

    private final JobScripts scripts;
    private final JobSignals signals = new JobSignals();
    private final Listener listener;
    private final JobClaims claims;
    private final JobViews views;

    RedisJobs(Connection connection, RedisSettings settings) {
        this.scripts = new JobScripts(connection, settings.prefix());
        this.listener = new Listener(
                connection, List.of(scripts.channel()), queue -> signals.heard(List.of(queue)), signals::mayHaveMissed);
        this.claims = new JobClaims(scripts, signals, settings.deadJobsKept());
        this.views = new JobViews(scripts);
    }

    @Override
    public List<Enqueued> enqueueAll(List<NewJob> jobs) {
        Jobs.requireBatch(jobs);
        if (jobs.isEmpty()) {
            return List.of();
        }
        return enqueue(ENQUEUE, List.of(), jobs);
    }

    @Override
    public EnqueuedBatch enqueueBatch(List<NewJob> jobs, NewJob then) {
        Jobs.requireBatch(jobs);
        var id = JobId.next();
        return new EnqueuedBatch(enqueue(ENQUEUE_BATCH, JobScripts.arguments(id, then), jobs), id);
    }

    private List<Enqueued> enqueue(Script script, List<String> before, List<NewJob> jobs) {
        var ids = jobs.stream().map(job -> JobId.next()).toList();
        var arguments = new ArrayList<>(before);
        for (int i = 0; i < ids.size(); i++) {
            arguments.addAll(JobScripts.arguments(ids.get(i), jobs.get(i)));
        }
        var reply = scripts.run("enqueue " + jobs.size() + " jobs", script, arguments);
        return IntStream.range(0, ids.size())
                .mapToObj(i -> Enqueued.of(ids.get(i), id(reply, i)))
                .toList();
    }

    @Override
    public List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        return claims.claim(queues, max, lease);
    }

    @Override
    public void awaitWork(Set<String> queues, Duration timeout) throws InterruptedException {
        listener.start();
        signals.await(
                queues, Math.min(timeout.toSeconds(), Integer.MAX_VALUE) * 1_000_000_000L + timeout.toNanosPart());
    }

    @Override
    public Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease) {
        if (jobs.isEmpty()) {
            return Set.of();
        }
        var arguments = new ArrayList<>(List.of(JobScripts.micros(lease)));
        arguments.addAll(JobScripts.arguments(jobs));
        return held(jobs, scripts.run("renew the leases of " + jobs.size() + " jobs", RENEW, arguments));
    }

    @Override
    public Set<ClaimedJob> completeAll(Collection<ClaimedJob> jobs) {
        Jobs.requireBatch(jobs);
        if (jobs.isEmpty()) {
            return Set.of();
        }
        return held(jobs, scripts.run("complete " + jobs.size() + " jobs", COMPLETE, JobScripts.arguments(jobs)));
    }

    /** Of the jobs, those whose places the script answered: an id would not tell two claims of one job apart. */
    private static Set<ClaimedJob> held(Collection<ClaimedJob> jobs, List<@Nullable Object> reply) {
        var asked = List.copyOf(jobs);
        return IntStream.range(0, reply.size())
                .mapToObj(i -> asked.get((int) number(reply, i)))
                .collect(Collectors.toSet());
    }

    @Override
    public FailResult fail(ClaimedJob job, String error) {
        var attempt = "record that job " + job.id() + " failed";
        var arguments = new ArrayList<>(JobScripts.arguments(List.of(job)));
        arguments.add(StoredText.fit(error, MAX_ERROR_BYTES));
        // Scripts have no chance of their own: the server begins each with the same seed.
        arguments.add(Double.toString(ThreadLocalRandom.current().nextDouble()));
        var reply = scripts.run(attempt, FAIL, arguments);
        return switch (text(reply, 0)) {
            case "retry" -> new FailResult.WillRetry(Duration.ofMillis(number(reply, 1)));
            case "dead" -> new FailResult.Dead();
            case "lost" -> new FailResult.Lost();
            default -> throw scripts.failure(attempt, reply);
        };
    }

    @Override
    public void giveBack(Collection<ClaimedJob> jobs) {
        if (!jobs.isEmpty()) {
            scripts.run("give back " + jobs.size() + " jobs", GIVE_BACK, JobScripts.arguments(jobs));
        }
    }

    @Override
    public boolean report(ClaimedJob job, String progress) {
        var arguments = new ArrayList<>(JobScripts.arguments(List.of(job)));
        arguments.add(StoredText.fit(progress, MAX_PROGRESS_BYTES));
        return number(scripts.run("report the progress of job " + job.id(), REPORT, arguments), 0) == 1;
    }

    @Override
    public Optional<StoredJob> find(JobId id) {
        return views.find(id);
    }

    @Override
    public List<StoredJob> list(String queue, JobState state, int limit) {
        return views.list(queue, state, limit);
    }

    @Override
    public List<StoredJob> listAfter(StoredJob last, int limit) {
        return views.listAfter(last, limit);
    }

    @Override
    public boolean replay(JobId id) {
        return number(scripts.run("replay job " + id, REPLAY, List.of(id.toString())), 0) == 1;
    }

    @Override
    public int replayAll(String queue, int max) {
        JobScripts.requireQueue(queue);
        Jobs.requirePage(max);
        var attempt = "replay the dead jobs of queue \"" + queue + "\"";
        return (int) number(scripts.run(attempt, REPLAY_ALL, List.of(queue, Integer.toString(max))), 0);
    }

    @Override
    public Optional<JobState> cancel(JobId id) {
        var reply = scripts.run("cancel job " + id, CANCEL, List.of(id.toString()));
        return reply.isEmpty() ? Optional.empty() : Optional.of(JobScripts.state(reply, 0));
    }

    @Override
    public CancelWatch onCancel(Runnable told) {
        listener.start();
        return signals.onCancel(told);
    }

    @Override
    public void limitGroups(String queue, GroupLimit limit) {
        limit(queue, "", limit);
    }

    @Override
    public void limitGroup(String queue, String group, GroupLimit limit) {
        if (group.isEmpty()) {
            throw new IllegalArgumentException("a group has a name: limitGroups is for all of a queue");
        }
        limit(queue, StoredText.require("the name of a group", group), limit);
    }

    private void limit(String queue, String group, GroupLimit limit) {
        var arguments = new ArrayList<>(List.of(JobScripts.requireQueue(queue), group));
        if (!limit.equals(GroupLimit.none())) {
            arguments.add(Integer.toString(limit.concurrency()));
            arguments.add(Integer.toString(limit.starts()));
            arguments.add(JobScripts.micros(limit.window()));
        }
        scripts.run("limit the groups of queue \"" + queue + "\"", LIMIT, arguments);
    }

    @Override
    public Instant lastFired(String schedule, Instant now) {
        requireSchedule(schedule);
        var attempt = "see when schedule \"" + schedule + "\" fired last";
        return JobScripts.instant(scripts.run(attempt, FIRED, List.of(schedule, JobScripts.micros(now))), 0);
    }

    @Override
    public FireResult fire(String schedule, Instant at, NewJob job) {
        requireSchedule(schedule);
        var attempt = "fire schedule \"" + schedule + "\"";
        var id = JobId.next();
        var arguments = new ArrayList<>(List.of(schedule, JobScripts.micros(at)));
        arguments.addAll(JobScripts.arguments(id, job));
        var reply = scripts.run(attempt, FIRE, arguments);
        return switch (text(reply, 0)) {
            case "fired" -> new FireResult.Fired(Enqueued.of(id, id(reply, 1)));
            case "fired before" -> new FireResult.AlreadyFired();
            case "early" -> new FireResult.Early(duration(reply, 1));
            default -> throw scripts.failure(attempt, reply);
        };
    }

    private static void requireSchedule(String schedule) {
        StoredText.require("the name of a schedule", schedule);
    }

    @Override
    public Map<String, QueueDepth> depths() {
        return views.depths();
    }

    @Override
    public void accept(List<RelayedJob> jobs) {
        Jobs.requireBatch(jobs);
        var arguments = jobs.stream()
                .flatMap(job -> JobScripts.arguments(job.id(), job.job()).stream())
                .toList();
        scripts.run("accept " + jobs.size() + " jobs", ACCEPT, arguments);
    }

    @Override
    public void confirm(Collection<JobId> ids) {
        scripts.run(
                "confirm " + ids.size() + " jobs",
                CONFIRM,
                ids.stream().map(JobId::toString).toList());
    }

    /** Ends listening. */
    void close() {
        listener.close();
    }
}
