package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.jobs.CancelWatches;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.EnqueuedBatch;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.FireResult;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobInbox;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.RelayedJob;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Jobs in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. It passes the same contract as every adapter, and is gone with the process, so it has no place in production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryJobs implements Jobs, JobInbox {
    private static final Comparator<HeldJob> MOST_URGENT =
            Comparator.comparingInt(HeldJob::priority).reversed().thenComparing(HeldJob::due);

    private static final Duration DEAD_KEPT = Duration.ofDays(30);

    private final InstantSource clock;
    private final Duration deadKept;
    private final Map<JobId, HeldJob> held = new LinkedHashMap<>();
    private final Map<String, Instant> fired = new HashMap<>();
    private final List<HeldBatch> batches = new ArrayList<>();
    private final Set<JobId> relayed = new HashSet<>();
    private long ids;
    private final CancelWatches cancelWatches = new CancelWatches();
    private final Turns turns = new Turns(held.values());

    public InMemoryJobs(InstantSource clock) {
        this(clock, DEAD_KEPT);
    }

    /** @param deadKept for how long jobs that are dead are kept */
    public InMemoryJobs(InstantSource clock, Duration deadKept) {
        this.clock = clock;
        this.deadKept = deadKept;
    }

    @Override
    public synchronized List<Enqueued> enqueueAll(List<NewJob> jobs) {
        Jobs.requireBatch(jobs);
        var enqueued = jobs.stream().map(this::add).toList();
        notifyAll();
        return enqueued;
    }

    @Override
    public synchronized EnqueuedBatch enqueueBatch(List<NewJob> jobs, NewJob then) {
        Jobs.requireBatch(jobs);
        var batch = new HeldBatch(nextId(), then);
        var enqueued = jobs.stream().map(this::add).toList();
        enqueued.stream()
                .filter(Enqueued.Added.class::isInstance)
                .map(Enqueued::id)
                .forEach(batch.left()::add);
        if (batch.left().isEmpty()) {
            add(batch.id(), then);
        } else {
            batches.add(batch);
        }
        notifyAll();
        return new EnqueuedBatch(enqueued, batch.id());
    }

    /** What follows a batch is enqueued, if this was the last of it. */
    private void ended(JobId id) {
        batches.stream()
                .filter(batch -> batch.left().remove(id) && batch.left().isEmpty())
                .findFirst()
                .ifPresent(batch -> {
                    batches.remove(batch);
                    add(batch.id(), batch.then());
                    notifyAll();
                });
    }

    @Override
    public synchronized void accept(List<RelayedJob> jobs) {
        Jobs.requireBatch(jobs);
        jobs.stream().filter(job -> relayed.add(job.id())).forEach(job -> add(job.id(), job.job()));
        notifyAll();
    }

    @Override
    public void confirm(Collection<JobId> confirmed) {
        // It has no more time to forget them than it has to live.
    }

    private Enqueued add(NewJob job) {
        return add(nextId(), job);
    }

    /** Such that they are listed in the order in which they were enqueued. */
    private JobId nextId() {
        return new JobId(new UUID(++ids, 0));
    }

    private Enqueued add(JobId id, NewJob job) {
        var holder = job.uniqueKey().flatMap(key -> holder(job.queue(), key));
        if (holder.isPresent()) {
            return new Enqueued.Duplicate(holder.get().id());
        }
        held.put(id, new HeldJob(id, job, now()));
        return new Enqueued.Added(id);
    }

    @Override
    public synchronized List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        var now = now();
        held.values().removeIf(job -> job.state() == JobState.DEAD && job.due().isBefore(now.minus(deadKept)));
        alive(queues)
                .filter(job -> job.isLostForGood(now))
                .toList()
                .forEach(job -> die(job, now, HeldJob.LOST_FOR_GOOD));
        var due = alive(queues)
                .filter(job -> !job.due().isAfter(now))
                .sorted(MOST_URGENT)
                .toList();
        return turns.pick(queues, due, max, now).stream()
                .map(job -> job.claimUntil(now.plus(lease)))
                .toList();
    }

    @Override
    public synchronized void awaitWork(Set<String> queues, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            var now = now();
            var next = turns.nextChance(alive(queues).toList(), now);
            long left = deadline - System.nanoTime();
            if (next.isPresent()) {
                // A millisecond more, because a wait may end a little early.
                long untilNext = Math.min(ChronoUnit.MILLIS.between(now, next.get()) + 1, Integer.MAX_VALUE);
                left = Math.min(left, TimeUnit.MILLISECONDS.toNanos(untilNext));
            }
            if (left <= 0 || next.filter(due -> !due.isAfter(now)).isPresent()) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    @Override
    public synchronized Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease) {
        var end = now().plus(lease);
        var kept = jobs.stream().filter(job -> holding(job).isPresent()).collect(Collectors.toSet());
        kept.forEach(job -> holding(job).ifPresent(entry -> entry.renewUntil(end)));
        return kept;
    }

    @Override
    public synchronized Set<ClaimedJob> completeAll(Collection<ClaimedJob> jobs) {
        Jobs.requireBatch(jobs);
        var completed = jobs.stream()
                .filter(job ->
                        holding(job).map(entry -> held.remove(entry.id())).isPresent())
                .collect(Collectors.toSet());
        completed.forEach(job -> ended(job.id()));
        notifyAll();
        return completed;
    }

    @Override
    public synchronized FailResult fail(ClaimedJob job, String error) {
        var entry = holding(job).orElse(null);
        if (entry == null) {
            return new FailResult.Lost();
        }
        var text = StoredText.fit(error, MAX_ERROR_BYTES);
        if (entry.isSpent()) {
            die(entry, now(), text);
            notifyAll();
            return new FailResult.Dead();
        }
        var delay = entry.retryAfter(now(), text, ThreadLocalRandom.current().nextDouble());
        notifyAll();
        return new FailResult.WillRetry(delay);
    }

    private void die(HeldJob job, Instant now, String error) {
        job.die(now, error);
        ended(job.id());
    }

    @Override
    public synchronized void giveBack(Collection<ClaimedJob> jobs) {
        jobs.forEach(job -> holding(job).ifPresent(entry -> entry.giveBack(now())));
        notifyAll();
    }

    @Override
    public synchronized Optional<StoredJob> find(JobId id) {
        return Optional.ofNullable(held.get(id)).map(HeldJob::asStored);
    }

    @Override
    public List<StoredJob> list(String queue, JobState state, int limit) {
        return page(queue, state, Optional.empty(), limit);
    }

    @Override
    public List<StoredJob> listAfter(StoredJob last, int limit) {
        return page(last.queue(), last.state(), Optional.of(last), limit);
    }

    private synchronized List<StoredJob> page(String queue, JobState state, Optional<StoredJob> last, int limit) {
        Jobs.requirePage(limit);
        var order = listed(state);
        return inOrder(queue, state)
                .filter(job -> last.isEmpty() || order.compare(job, last.get()) > 0)
                .limit(limit)
                .toList();
    }

    private Stream<StoredJob> inOrder(String queue, JobState state) {
        return held.values().stream()
                .map(HeldJob::asStored)
                .filter(job -> job.state() == state && job.queue().equals(queue))
                .sorted(listed(state));
    }

    private static Comparator<StoredJob> listed(JobState state) {
        Comparator<StoredJob> byId = Comparator.comparing(job -> job.id().toString());
        return switch (state) {
            case WAITING ->
                Comparator.comparingInt(StoredJob::priority)
                        .reversed()
                        .thenComparing(job -> job.group().orElse(""))
                        .thenComparing(StoredJob::due)
                        .thenComparing(byId);
            case RUNNING -> byId;
            case DEAD ->
                Comparator.comparing(StoredJob::due).thenComparing(byId).reversed();
        };
    }

    @Override
    public synchronized int replayAll(String queue, int max) {
        Jobs.requirePage(max);
        return (int) inOrder(queue, JobState.DEAD)
                .filter(dead -> replay(dead.id()))
                .limit(max)
                .count();
    }

    @Override
    public synchronized Optional<JobState> cancel(JobId id) {
        var cancelled = Optional.ofNullable(held.remove(id)).map(HeldJob::state);
        ended(id);
        if (cancelled.equals(Optional.of(JobState.RUNNING))) {
            cancelWatches.tell();
            notifyAll();
        }
        return cancelled;
    }

    @Override
    public CancelWatch onCancel(Runnable told) {
        return cancelWatches.add(told);
    }

    @Override
    public synchronized boolean report(ClaimedJob job, String progress) {
        var entry = holding(job);
        entry.ifPresent(held -> held.report(StoredText.fit(progress, MAX_PROGRESS_BYTES)));
        return entry.isPresent();
    }

    @Override
    public synchronized boolean replay(JobId id) {
        var job = held.get(id);
        if (job == null
                || job.state() != JobState.DEAD
                || job.uniqueKey().flatMap(key -> holder(job.queue(), key)).isPresent()) {
            return false;
        }
        job.replay(now());
        notifyAll();
        return true;
    }

    @Override
    public synchronized void limitGroups(String queue, GroupLimit limit) {
        turns.limit(queue, "", limit);
        notifyAll();
    }

    @Override
    public synchronized void limitGroup(String queue, String group, GroupLimit limit) {
        turns.limit(queue, group, limit);
        notifyAll();
    }

    @Override
    public synchronized Instant lastFired(String schedule, Instant now) {
        return fired.computeIfAbsent(schedule, name -> now.isBefore(now()) ? now : now());
    }

    @Override
    public synchronized FireResult fire(String schedule, Instant at, NewJob job) {
        if (at.isAfter(now())) {
            return new FireResult.Early(Duration.between(now(), at));
        }
        if (!at.isAfter(fired.getOrDefault(schedule, Instant.MIN))) {
            return new FireResult.AlreadyFired();
        }
        fired.put(schedule, at);
        return new FireResult.Fired(enqueue(job));
    }

    @Override
    public synchronized Map<String, QueueDepth> depths() {
        var now = now();
        var depths = new HashMap<String, QueueDepth>();
        held.values().forEach(job -> depths.merge(job.queue(), job.depth(now), InMemoryJobs::sum));
        return depths;
    }

    private static QueueDepth sum(QueueDepth left, QueueDepth right) {
        var oldest = left.oldestWaiting().compareTo(right.oldestWaiting()) > 0 ? left : right;
        return new QueueDepth(
                left.waiting() + right.waiting(),
                left.delayed() + right.delayed(),
                left.running() + right.running(),
                left.dead() + right.dead(),
                oldest.oldestWaiting());
    }

    private Stream<HeldJob> alive(Set<String> queues) {
        return held.values().stream().filter(job -> job.state() != JobState.DEAD && queues.contains(job.queue()));
    }

    private Optional<HeldJob> holder(String queue, String key) {
        return alive(Set.of(queue))
                .filter(job -> job.uniqueKey().filter(key::equals).isPresent())
                .findAny();
    }

    /** The job, if it still is the claimant's. */
    private Optional<HeldJob> holding(ClaimedJob job) {
        return Optional.ofNullable(held.get(job.id()))
                .filter(entry -> entry.fence() == job.fence() && entry.state() == JobState.RUNNING);
    }

    /** In microseconds, as databases count, so that what was stored equals what is read. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
