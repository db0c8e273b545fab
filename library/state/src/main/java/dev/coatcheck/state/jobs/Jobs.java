package dev.coatcheck.state.jobs;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The port for jobs: a queue that any process fills and any worker empties.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>At least once: a job is lost only with what the store itself loses. Handlers are written so that running one
 *       twice is harmless.
 *   <li>A worker holds a job by a lease, which it renews while it works. A worker that dies, or is cut off, loses the
 *       lease when it ends, and another claims the job.
 *   <li>Each claim has a fence greater than the one before. A worker that was taken for dead can no longer complete,
 *       fail or renew the job.
 *   <li>Of the jobs that may be run, those of greater priority are claimed first, then those that have waited longest;
 *       several workers may still overtake each other.
 *   <li>Among jobs of one priority, groups take turns: a customer's ten jobs wait for about ten of each other's,
 *       whatever the others have enqueued before. A worker goes round by itself; where several claim at once, it is fair
 *       on the whole and not job for job.
 *   <li>A job that is dead stays until it is replayed or cancelled, for as long as the adapter's settings say, 30 days by
 *       default. It is gone some time after that.
 * </ul>
 *
 * <p>Each method costs one round trip unless it says otherwise, and throws {@link BackingServiceException} where the
 * store cannot be reached or does not answer in time. Thread-safe.
 *
 * <p>Applications enqueue, and hand their handlers to a {@link Worker}, which does the rest:
 *
 * <pre>{@code
 * jobs.enqueue(NewJob.of("photos", photoId).withUniqueKey(photoId));
 * // in a worker process
 * var worker = Worker.start(
 *         jobs, Map.of("photos", execution -> makeVariants(execution.job().payload())), WorkerSettings.defaults());
 * }</pre>
 */
public interface Jobs {

    /** How much is kept of what a failed attempt said, in bytes of UTF-8. */
    int MAX_ERROR_BYTES = 8 * 1024;

    /** How much is kept of what a handler reports, in bytes of UTF-8. */
    int MAX_PROGRESS_BYTES = 1024;

    /** How many jobs are listed or replayed at once, at the most. */
    int MAX_PAGE = 1_000;

    /** How many jobs are enqueued or completed at once, at the most. */
    int MAX_BATCH = 1_000;

    /** What this adapter promises beyond the guarantees above; nothing by default. No round trip. */
    default Set<JobCapability> capabilities() {
        return Set.of();
    }

    /** Adds a job. When this returns, the job outlives the calling process. */
    default Enqueued enqueue(NewJob job) {
        return enqueueAll(List.of(job)).get(0);
    }

    /**
     * Adds jobs, all or none, in one round trip. Those that are alike in priority and delay are claimed in their order.
     *
     * @param jobs at most {@value #MAX_BATCH}, of any queues
     * @return what came of each, in their order
     * @throws IllegalArgumentException where there are more
     */
    List<Enqueued> enqueueAll(List<NewJob> jobs);

    /**
     * Adds jobs as a batch, and a job that follows: it is enqueued when all of the batch have ended, in the transaction of the
     * last that does, so exactly once. A job has ended when it was done or cancelled, or is dead; what becomes of it later
     * matters no more. A batch of none, or of duplicates alone, has ended at once.
     *
     * <pre>{@code
     * jobs.enqueueBatch(pages.stream().map(page -> NewJob.of("pages", page)).toList(), NewJob.of("bind", book));
     * }</pre>
     *
     * @param jobs at most {@value #MAX_BATCH}, of any queues
     * @param then the job that follows; its delay counts from when it is enqueued, and where another has its unique key
     *     then, that stands for it
     * @throws IllegalArgumentException where there are more
     */
    EnqueuedBatch enqueueBatch(List<NewJob> jobs, NewJob then);

    /**
     * Claims jobs that may be run, those whose lease has ended included.
     *
     * @param queues from which queues
     * @param max how many at the most
     * @param lease for how long; {@link #renew} makes it longer
     * @return none where there is nothing to do; does not wait
     */
    List<ClaimedJob> claim(Set<String> queues, int max, Duration lease);

    /**
     * Waits until there may be something to claim in one of the queues, or a time-out has passed. Returning early is
     * allowed. No round trip where the store tells of new jobs by itself.
     *
     * @throws InterruptedException where the waiting thread is interrupted
     */
    void awaitWork(Set<String> queues, Duration timeout) throws InterruptedException;

    /**
     * Makes leases end this much later than now.
     *
     * @return which of the jobs the caller still has; it has lost the others
     */
    Set<ClaimedJob> renew(Collection<ClaimedJob> jobs, Duration lease);

    /**
     * Ends a job that was done; the store forgets it.
     *
     * @return false where the caller no longer has the job (the lease had ended and somebody else has claimed it, or it
     *     was ended or given back before); nothing was changed then
     */
    default boolean complete(ClaimedJob job) {
        return !completeAll(List.of(job)).isEmpty();
    }

    /**
     * Ends jobs that were done, in one round trip; what of them the caller no longer has is left alone.
     *
     * @param jobs at most {@value #MAX_BATCH}
     * @return those that were completed
     * @throws IllegalArgumentException where there are more
     */
    Set<ClaimedJob> completeAll(Collection<ClaimedJob> jobs);

    /**
     * Records that an attempt failed. The job is tried again after the delay of its {@link Retry}, or is dead.
     *
     * @param error what went wrong; cut to {@value #MAX_ERROR_BYTES} bytes of UTF-8, and without what no store
     *     {@linkplain dev.coatcheck.state.StoredText takes}
     */
    FailResult fail(ClaimedJob job, String error);

    /** Gives jobs back unharmed, at once and without counting the attempt: for a worker that is being stopped. */
    void giveBack(Collection<ClaimedJob> jobs);

    /** A job that is waiting, running or dead. */
    Optional<StoredJob> find(JobId id);

    /**
     * The first jobs of a queue in a state: those that wait by priority, group and time; those that run by id, the first
     * enqueued first; those that are dead with the latest first.
     *
     * @param limit at most {@value #MAX_PAGE}
     * @throws IllegalArgumentException where it is more
     */
    List<StoredJob> list(String queue, JobState state, int limit);

    /**
     * The jobs that follow in the list of the queue and the state of this one, as they are now.
     *
     * @param last the last job of the page before; it may be gone
     * @param limit at most {@value #MAX_PAGE}
     * @throws IllegalArgumentException where it is more
     */
    List<StoredJob> listAfter(StoredJob last, int limit);

    /**
     * Makes a dead job wait again, as if it had never been tried.
     *
     * @return whether it waits now: not where there is no such dead job, and not where another with its unique key
     *     waits or runs
     */
    boolean replay(JobId id);

    /**
     * Makes dead jobs of a queue wait again, as {@link #replay} does one: those that died last come first. Those
     * whose unique key another has are left out.
     *
     * @param max at most {@value #MAX_PAGE}
     * @return how many wait now
     * @throws IllegalArgumentException where {@code max} is more
     */
    int replayAll(String queue, int max);

    /**
     * Ends a job that waits, runs or is dead: the store forgets it, and its unique key is free. The handler of one that runs
     * is interrupted, wherever it is, as soon as its worker has heard of it; what it has done until then nobody undoes.
     *
     * <p>Waits for a transaction in which the job is being completed.
     *
     * @return in which state it was; empty where there is no such job (any more)
     */
    Optional<JobState> cancel(JobId id);

    /**
     * Calls back whenever a running job was cancelled, by whichever process, or that may have been missed; a
     * {@link Worker} renews its leases then, to see whether it was one of its own. No round trip where the store tells of it
     * by itself.
     *
     * @param told called by a thread of the store's: returns at once and throws nothing
     */
    CancelWatch onCancel(Runnable told);

    /** Ends the calls of {@link #onCancel}. */
    interface CancelWatch extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Notes how far a running job is, for whoever {@linkplain #find looks}. The last note stays until the next, also of
     * another attempt.
     *
     * @param progress cut to {@value #MAX_PROGRESS_BYTES} bytes of UTF-8
     * @return false where the caller no longer has the job
     */
    boolean report(ClaimedJob job, String progress);

    /**
     * Sets what each group of a queue may have, from the next claim on. For all workers, and until it is set again;
     * {@link GroupLimit#none()} takes it away. Jobs without a group are not limited.
     *
     * <p>A worker that was taken for dead, and goes on working, does so beside its successor.
     */
    void limitGroups(String queue, GroupLimit limit);

    /** Sets what one group of a queue may have, in place of what {@link #limitGroups} says for all; {@link GroupLimit#none()} takes it away. */
    void limitGroup(String queue, String group, GroupLimit limit);

    /**
     * When a schedule fired last. Where the store does not know it, it begins with {@code now}, or with the
     * store's own time where that is earlier, and this is answered.
     */
    Instant lastFired(String schedule, Instant now);

    /**
     * Enqueues the job of one time of a schedule: once, whoever asks and however often, since the time is noted in the same
     * transaction. {@link Scheduler} asks at the right time.
     */
    FireResult fire(String schedule, Instant at, NewJob job);

    /** How much is in each queue that has anything in it. */
    Map<String, QueueDepth> depths();

    /** For adapters: refuses more than {@link #MAX_BATCH} jobs at once. */
    static void requireBatch(Collection<?> jobs) {
        if (jobs.size() > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "at most %d jobs at once, and not %d: call once for each part".formatted(MAX_BATCH, jobs.size()));
        }
    }

    /** For adapters: refuses pages of more than {@link #MAX_PAGE} jobs. */
    static void requirePage(int limit) {
        if (limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page has at most %d jobs, and not %d".formatted(MAX_PAGE, limit));
        }
    }
}
