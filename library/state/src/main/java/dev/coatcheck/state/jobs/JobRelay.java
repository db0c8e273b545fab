package dev.coatcheck.state.jobs;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves jobs from an outbox to the store that workers claim them from, until it is closed. Any number of processes may run
 * one: each job is moved once, also where a process is killed between putting it there and removing it here. What has been
 * moved is as durable as the store there: a job that it has answered for and then loses is not moved again.
 *
 * <p>It is told of new jobs, and looks for them every 30 seconds besides. While one of the two stores cannot be reached, jobs
 * wait. They arrive in batches of {@value #BATCH}, the oldest first; of several relays each takes others, so that what is in
 * different batches may change places. Thread-safe.
 *
 * <pre>{@code
 * try (var relay = JobRelay.start(postgres.outbox(), redis.jobs())) {
 *     lifecycle.awaitStopped();
 * }
 * }</pre>
 */
public final class JobRelay implements AutoCloseable {
    private static final int BATCH = 100;
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(30);
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);
    private static final Duration END_LIMIT = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(JobRelay.class.getName());

    private final JobOutbox from;
    private final JobInbox to;
    private final Thread thread = Thread.ofVirtual().name("job-relay").unstarted(this::moveUntilClosed);
    private final Object moving = new Object();
    private boolean idle; // whether the thread waits and may be interrupted; guarded by moving
    private volatile boolean closed;

    private JobRelay(JobOutbox from, JobInbox to) {
        this.from = from;
        this.to = to;
    }

    /** Starts to move jobs, on a thread of its own. */
    public static JobRelay start(JobOutbox from, JobInbox to) {
        var relay = new JobRelay(from, to);
        relay.thread.start();
        return relay;
    }

    private void moveUntilClosed() {
        while (!closed) {
            try {
                if (moveSome() < BATCH) {
                    awaitJobs();
                }
            } catch (InterruptedException e) {
                // Only close() interrupts this thread, and the loop's condition is where that is looked at.
            } catch (BackingServiceException e) {
                LOG.log(WARNING, "jobs stay in the outbox for now: " + e.getMessage());
                LockSupport.parkNanos(OUTAGE_PAUSE.toNanos());
            } catch (RuntimeException e) {
                LOG.log(ERROR, "moving jobs out of the outbox failed; going on", e);
                LockSupport.parkNanos(OUTAGE_PAUSE.toNanos());
            }
        }
    }

    private int moveSome() {
        var moved = from.moveOut(BATCH, to::accept);
        if (!moved.isEmpty()) {
            confirm(moved);
        }
        return moved.size();
    }

    private void confirm(List<RelayedJob> moved) {
        try {
            to.confirm(moved.stream().map(RelayedJob::id).toList());
        } catch (BackingServiceException e) {
            // They are known there for longer, and that is all.
        }
    }

    private void awaitJobs() throws InterruptedException {
        synchronized (moving) {
            if (closed) {
                return;
            }
            idle = true;
        }
        try {
            from.awaitJobs(POLL_INTERVAL);
        } finally {
            synchronized (moving) {
                idle = false;
                // One that came as the wait ended must not reach a driver.
                Thread.interrupted();
            }
        }
    }

    /** Ends moving, never in the middle of a batch; what has not been moved is left to others. */
    @Override
    public void close() {
        synchronized (moving) {
            closed = true;
            if (idle) {
                thread.interrupt();
            }
        }
        LockSupport.unpark(thread);
        try {
            thread.join(END_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
