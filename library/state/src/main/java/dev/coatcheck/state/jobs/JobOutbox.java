package dev.coatcheck.state.jobs;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where jobs are put in a transaction of a database, when the store that they are to wait in has no part in it. A
 * {@link JobRelay} moves them there. Thread-safe; methods throw {@link BackingServiceException} where the store cannot be
 * reached.
 */
public interface JobOutbox {

    /**
     * Moves the oldest jobs that nobody else is moving: they are gone from here when {@code move} has returned, and still
     * here when it throws, or when this process dies. Two round trips, with one transaction open while {@code move} runs,
     * which the store ends by itself where that takes half a minute.
     *
     * @param max at most {@link Jobs#MAX_BATCH}
     * @param move is given the jobs, if there are any
     * @return those that are gone from here
     */
    List<RelayedJob> moveOut(int max, Consumer<List<RelayedJob>> move);

    /**
     * Waits until there may be something to move, or a time-out has passed. Returning early is allowed. No round trip where
     * the store tells of new jobs by itself.
     *
     * @throws InterruptedException where the waiting thread is interrupted
     */
    void awaitJobs(Duration timeout) throws InterruptedException;
}
