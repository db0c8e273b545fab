package dev.coatcheck.state.jobs;

/**
 * A job on its way from a {@link JobOutbox} to where it is to wait.
 *
 * @param id of its own from the beginning, by which it is known when it comes again
 * @param job with what is left of its delay
 */
public record RelayedJob(JobId id, NewJob job) {}
