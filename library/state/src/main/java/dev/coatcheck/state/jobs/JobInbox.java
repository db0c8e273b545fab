package dev.coatcheck.state.jobs;

import dev.coatcheck.state.BackingServiceException;
import java.util.Collection;
import java.util.List;

/**
 * Where a {@link JobRelay} moves jobs to: a store that takes each once, although it is told of some of them again. Each
 * method is one round trip. Thread-safe; methods throw {@link BackingServiceException} where the store cannot be reached.
 */
public interface JobInbox {

    /**
     * Adds jobs, all or none, except those that were added here before, also if they have ended since; and except those
     * whose unique key another has.
     *
     * @param jobs at most {@value Jobs#MAX_BATCH}
     */
    void accept(List<RelayedJob> jobs);

    /**
     * Says that these jobs are gone from where they came from, and will hardly come again: the store need not know them for
     * long. What is never confirmed is known for 30 days at the least, and what is for an hour.
     */
    void confirm(Collection<JobId> ids);
}
