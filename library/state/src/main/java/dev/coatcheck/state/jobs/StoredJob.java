package dev.coatcheck.state.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * A job as the store had it at one moment.
 *
 * @param attempts how often it has been started
 * @param runAt when it may be run, or could have been
 * @param due of one that waits, when it may be claimed; of one that runs, when its lease ends; of one that is dead, when
 *     it died
 * @param progress what its handler reported last
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
        Instant due,
        Optional<String> progress,
        Optional<String> lastError) {}
