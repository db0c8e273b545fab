package dev.coatcheck.state.jobs;

import java.util.List;

/**
 * What came of enqueuing a batch.
 *
 * @param jobs what came of each of its jobs, in their order; a duplicate is another's, and the batch does not wait for it
 * @param then the id of the job that follows, which is not there before all of the batch have ended
 */
public record EnqueuedBatch(List<Enqueued> jobs, JobId then) {}
