package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.NewJob;
import java.util.HashSet;
import java.util.Set;

/** A batch in {@link InMemoryJobs}, which guards it: which of its jobs have not ended, and what follows. */
record HeldBatch(Set<JobId> left, JobId id, NewJob then) {
    HeldBatch(JobId id, NewJob then) {
        this(new HashSet<>(), id, then);
    }
}
