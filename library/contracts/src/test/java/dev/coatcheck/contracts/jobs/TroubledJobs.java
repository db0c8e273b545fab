package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.EnqueuedBatch;
import dev.coatcheck.state.jobs.FailResult;
import dev.coatcheck.state.jobs.FireResult;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory that can be made to fail or to hang, as one behind a network does. */
final class TroubledJobs implements Jobs {
    enum Trouble {
        NONE,
        FAILS,
        HANGS,
        /** Does what is asked, and hangs then. */
        ANSWERS_LATE
    }

    private final Jobs store;
    private volatile Trouble trouble = Trouble.NONE;
    private volatile boolean interrupted;
    private final AtomicInteger completions = new AtomicInteger();

    TroubledJobs(Jobs store) {
        this.store = store;
    }

    synchronized void set(Trouble now) {
        trouble = now;
        notifyAll();
    }

    /** Whether somebody called with an interrupt pending, which makes a real driver close its connection. */
    boolean wasCalledInterrupted() {
        return interrupted;
    }

    /** How often somebody called to complete jobs. */
    int completions() {
        return completions.get();
    }

    private <T> T ask(Callable<T> question) {
        if (Thread.currentThread().isInterrupted()) {
            interrupted = true;
        }
        try {
            awaitNo(Trouble.HANGS);
            if (trouble == Trouble.FAILS) {
                throw new IOException("connection refused");
            }
            var answer = question.call();
            awaitNo(Trouble.HANGS);
            awaitNo(Trouble.ANSWERS_LATE);
            return answer;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new BackingServiceException("a troubled store", "do what was asked", e);
        }
    }

    private synchronized void awaitNo(Trouble such) throws InterruptedException {
        while (trouble == such) {
            wait();
        }
    }

    @Override
    public List<Enqueued> enqueueAll(List<NewJob> jobs) {
        return ask(() -> store.enqueueAll(jobs));
    }

    @Override
    public EnqueuedBatch enqueueBatch(List<NewJob> jobs, NewJob then) {
        return ask(() -> store.enqueueBatch(jobs, then));
    }

    @Override
    public List<ClaimedJob> claim(Set<String> queues, int max, Duration lease) {
        return ask(() -> store.claim(queues, max, lease));
    }

    @Override
    public void awaitWork(Set<String> queues, Duration timeout) throws InterruptedException {
        store.awaitWork(queues, timeout);
    }

    @Override
    public Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease) {
        return ask(() -> store.renew(jobs, lease));
    }

    @Override
    public Set<ClaimedJob> completeAll(Collection<ClaimedJob> jobs) {
        completions.incrementAndGet();
        return ask(() -> store.completeAll(jobs));
    }

    @Override
    public FailResult fail(ClaimedJob job, String error) {
        return ask(() -> store.fail(job, error));
    }

    @Override
    public void giveBack(Collection<ClaimedJob> jobs) {
        ask(() -> {
            store.giveBack(jobs);
            return true;
        });
    }

    @Override
    public Optional<StoredJob> find(JobId id) {
        return ask(() -> store.find(id));
    }

    @Override
    public List<StoredJob> list(String queue, JobState state, int limit) {
        return ask(() -> store.list(queue, state, limit));
    }

    @Override
    public List<StoredJob> listAfter(StoredJob last, int limit) {
        return ask(() -> store.listAfter(last, limit));
    }

    @Override
    public int replayAll(String queue, int max) {
        return ask(() -> store.replayAll(queue, max));
    }

    @Override
    public Optional<JobState> cancel(JobId id) {
        return ask(() -> store.cancel(id));
    }

    @Override
    public CancelWatch onCancel(Runnable told) {
        return store.onCancel(told);
    }

    @Override
    public boolean report(ClaimedJob job, String progress) {
        return ask(() -> store.report(job, progress));
    }

    @Override
    public boolean replay(JobId id) {
        return ask(() -> store.replay(id));
    }

    @Override
    public void limitGroups(String queue, GroupLimit limit) {
        ask(() -> {
            store.limitGroups(queue, limit);
            return true;
        });
    }

    @Override
    public void limitGroup(String queue, String group, GroupLimit limit) {
        ask(() -> {
            store.limitGroup(queue, group, limit);
            return true;
        });
    }

    @Override
    public Instant lastFired(String schedule, Instant now) {
        return ask(() -> store.lastFired(schedule, now));
    }

    @Override
    public FireResult fire(String schedule, Instant at, NewJob job) {
        return ask(() -> store.fire(schedule, at, job));
    }

    @Override
    public Map<String, QueueDepth> depths() {
        return ask(store::depths);
    }
}
