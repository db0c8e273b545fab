package dev.coatcheck.state.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * A job as the store had it at one moment.
 *
 * @param attempts how often it has been started
 * @param runAt when it may be run, or could have been
 * @param lastError what the last failed attempt said, in a line or a stack trace
 */
public record StoredJob(
        JobId id,
        String queue,
        Optional<String> group,
        String payload,
        JobState state,
        int priority,
        int attempts,
        int maxAttempts,
        Instant enqueuedAt,
        Instant runAt,
        Optional<String> lastError) {}
