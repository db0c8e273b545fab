package dev.coatcheck.state.jobs;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs handlers on the jobs of some queues, until it is stopped.
 *
 * <p>Each job runs on a virtual thread of its own, at the most {@link WorkerSettings#concurrency()} at once; nothing is
 * claimed that cannot start at once. A claim takes as many jobs as there are free places, and jobs that end while others
 * are being completed are completed together, so that under load neither is a round trip for each job. Leases are renewed
 * while handlers run. A handler that returns completes its job; one that throws fails the attempt; one whose job was lost
 * or cancelled is interrupted.
 *
 * <p>A store that cannot be reached stops nothing for good: the worker goes on when it is back. Jobs that were running
 * meanwhile are lost to others when their leases end, and their handlers are interrupted by then, also while the store
 * hangs.
 *
 * <p>{@link #close()} stops it: nothing more is claimed, running handlers have the given time to end, those that do
 * not are interrupted, and their jobs are given back so that the next worker starts them at once. Thread-safe.
 *
 * <pre>{@code
 * try (var worker = Worker.start(jobs, Map.of("mail", execution -> send(execution.job().payload())), settings)) {
 *     lifecycle.awaitStopped();
 * }
 * }</pre>
 */
public final class Worker implements AutoCloseable {
    /** How long a worker that is being stopped waits for interrupted handlers before it gives their jobs back. */
    private static final Duration INTERRUPT_GRACE = Duration.ofMillis(500);

    /** How long a claim that is under way may keep a stop waiting; what it still brings is given back. */
    private static final Duration CLAIM_LIMIT = Duration.ofSeconds(5);

    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(Worker.class.getName());

    private final Jobs jobs;
    private final Map<String, JobHandler> handlers;
    private final WorkerSettings settings;
    private final Semaphore free;
    private final RunningJobs running = new RunningJobs();
    private final Leases leases;
    private final Completions completions;
    private final Thread claimer;
    private final Object claiming = new Object();
    private boolean idle; // whether the claiming thread waits and may be interrupted; guarded by claiming
    private volatile boolean stopping;
    private volatile boolean stopped;

    private Worker(Jobs jobs, Map<String, JobHandler> handlers, WorkerSettings settings) {
        this.jobs = jobs;
        this.handlers = Map.copyOf(handlers);
        this.settings = settings;
        this.free = new Semaphore(settings.concurrency());
        this.leases = new Leases(jobs, running, settings.lease());
        this.completions = new Completions(jobs);
        this.claimer = Thread.ofVirtual().name("worker-claim").unstarted(this::claimUntilStopped);
    }

    /**
     * Starts a worker.
     *
     * @param handlers what to do with the jobs of each queue, by the queue's name; at least one
     */
    public static Worker start(Jobs jobs, Map<String, JobHandler> handlers, WorkerSettings settings) {
        if (handlers.isEmpty()) {
            throw new IllegalArgumentException("a worker serves at least one queue");
        }
        var worker = new Worker(jobs, handlers, settings);
        worker.leases.start();
        worker.claimer.start();
        return worker;
    }

    /** How many jobs are running in this worker now. */
    public int running() {
        return running.now().size();
    }

    /** Stops at once: {@link #stop} with no time for running handlers. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /**
     * Stops: running handlers have this long to end by themselves, and those that do not half a second more. A claim
     * that is under way may make a {@code drain} of less than five seconds as long as that.
     *
     * @return whether all of them did; the jobs of the others were given back
     */
    public synchronized boolean stop(Duration drain) {
        long deadline = System.nanoTime() + drain.toNanos();
        stopClaiming();
        boolean drained = running.awaitEmpty(Duration.ofNanos(deadline - System.nanoTime()));
        if (!drained) {
            running.now().forEach(Running::interrupt);
            running.awaitEmpty(INTERRUPT_GRACE);
            giveBack(running.now().stream()
                    .filter(Running::isInHandler)
                    .map(Running::job)
                    .toList());
        }
        stopped = true;
        leases.close();
        return drained;
    }

    /** Ends the claiming thread, but never in the middle of a claim: what it claimed would wait for its lease to end. */
    private void stopClaiming() {
        synchronized (claiming) {
            stopping = true;
            if (idle) {
                claimer.interrupt();
            }
        }
        LockSupport.unpark(claimer);
        try {
            claimer.join(CLAIM_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void claimUntilStopped() {
        while (!stopping) {
            try {
                claimOnce();
            } catch (InterruptedException e) {
                // Only stop() interrupts this thread, and the loop's condition is where that is looked at.
            } catch (BackingServiceException e) {
                LOG.log(WARNING, "cannot claim jobs for now: " + e.getMessage());
                LockSupport.parkNanos(OUTAGE_PAUSE.toNanos());
            } catch (RuntimeException e) {
                LOG.log(ERROR, "claiming jobs failed; going on", e);
                LockSupport.parkNanos(OUTAGE_PAUSE.toNanos());
            }
        }
    }

    private void claimOnce() throws InterruptedException {
        whileIdle(free::acquire);
        if (stopping) {
            return;
        }
        int permits = 1 + free.drainPermits();
        List<ClaimedJob> claimed = List.of();
        long asked = System.nanoTime();
        long cancels = leases.cancels();
        try {
            claimed = jobs.claim(handlers.keySet(), permits, settings.lease());
        } finally {
            free.release(permits - claimed.size());
        }
        if (stopping) {
            giveBack(claimed);
            return;
        }
        for (var job : claimed) {
            start(job, asked);
        }
        boolean late = System.nanoTime() - asked > settings.lease().toNanos() / 3;
        if (late || leases.cancels() > cancels) {
            // The next renewal may be too late; and a job that was cancelled on its way here was not among the running.
            leases.renewNow();
        }
        if (claimed.isEmpty()) {
            whileIdle(() -> jobs.awaitWork(handlers.keySet(), settings.pollInterval()));
        }
    }

    private interface Waiting {
        void await() throws InterruptedException;
    }

    private void whileIdle(Waiting waiting) throws InterruptedException {
        synchronized (claiming) {
            if (stopping) {
                throw new InterruptedException("the worker is being stopped");
            }
            idle = true;
        }
        try {
            waiting.await();
        } finally {
            synchronized (claiming) {
                idle = false;
                // One that came as the wait ended must not reach the store's driver.
                Thread.interrupted();
            }
        }
    }

    private void start(ClaimedJob job, long claimedAt) {
        var entry = new Running(job, settings.lease(), claimedAt, this::runAndRelease);
        running.add(entry);
        entry.start();
    }

    private void runAndRelease(Running entry) {
        try {
            run(entry);
        } finally {
            running.remove(entry);
            free.release();
        }
    }

    private void run(Running entry) {
        var job = entry.job();
        var execution = new Execution(jobs, entry);
        Throwable failure = null;
        try {
            handlers.getOrDefault(job.queue(), Worker::refuse).run(execution);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            failure = e;
        }
        boolean interrupted = entry.handled();
        if (failure == null) {
            // A stop that came after the work was done does not undo it.
            if (!execution.completedByHandler()) {
                settle(entry, () -> complete(job));
            }
        } else if (interrupted && entry.isLost()) {
            LOG.log(INFO, "job {0} was cancelled or is another worker''s: its handler was interrupted", job.id());
        } else if (interrupted) {
            giveBack(List.of(job));
        } else {
            var cause = failure;
            settle(entry, () -> fail(job, cause));
        }
    }

    private static void refuse(Execution execution) {
        throw new IllegalStateException("claimed a job of queue \"%s\", which is not served"
                .formatted(execution.job().queue()));
    }

    private void complete(ClaimedJob job) {
        if (!completions.complete(job)) {
            LOG.log(
                    WARNING,
                    "job {0} was done, but the store no longer holds it for this worker: its lease had ended, or it"
                            + " was cancelled or completed before",
                    job.id());
        }
    }

    private void fail(ClaimedJob job, Throwable failure) {
        var attempt = "job %s of queue \"%s\" failed at attempt %d of %d"
                .formatted(job.id(), job.queue(), job.attempt(), job.maxAttempts());
        switch (jobs.fail(job, stackTrace(failure))) {
            case FailResult.WillRetry retry -> LOG.log(WARNING, attempt + "; the next is in " + retry.delay(), failure);
            case FailResult.Dead dead -> LOG.log(ERROR, attempt + ", its last: it is a dead letter now", failure);
            case FailResult.Lost lost -> LOG.log(WARNING, attempt + ", after its lease had ended", failure);
        }
    }

    /** Tells the store how a job ended; tries again while the lease lasts, since afterwards it is another's to tell. */
    private void settle(Running entry, Runnable telling) {
        while (true) {
            try {
                telling.run();
                return;
            } catch (BackingServiceException e) {
                if (stopped || entry.leaseLeft() <= 0) {
                    LOG.log(
                            WARNING,
                            "job " + entry.job().id() + " ended, but the store could not be told; it will run again",
                            e);
                    return;
                }
                LockSupport.parkNanos(
                        Math.min(OUTAGE_PAUSE.toNanos(), settings.lease().toNanos() / 10));
            } catch (RuntimeException e) {
                LOG.log(ERROR, "telling how job " + entry.job().id() + " ended failed; it will run again", e);
                return;
            }
        }
    }

    private void giveBack(List<ClaimedJob> unfinished) {
        if (unfinished.isEmpty()) {
            return;
        }
        try {
            jobs.giveBack(unfinished);
            LOG.log(INFO, "gave back {0} unfinished jobs", unfinished.size());
        } catch (RuntimeException e) {
            LOG.log(WARNING, "could not give back " + unfinished.size() + " jobs; they go on when their leases end", e);
        }
    }

    private static String stackTrace(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
