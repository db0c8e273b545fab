package dev.coatcheck.state.jobs;

import java.util.Optional;

/**
 * A job that a worker has for the length of a lease.
 *
 * @param id which job
 * @param queue where it waited
 * @param group whose it is, where it has a group
 * @param payload as it was enqueued
 * @param attempt which attempt this is, from 1
 * @param maxAttempts how many there may be
 * @param fence grows with each claim of this job: a store that the handler writes to can refuse a smaller one, and
 *     the queue itself does
 */
public record ClaimedJob(
        JobId id, String queue, Optional<String> group, String payload, int attempt, int maxAttempts, long fence) {}
