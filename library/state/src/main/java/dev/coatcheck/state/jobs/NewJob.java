package dev.coatcheck.state.jobs;

import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.Optional;

/**
 * Work to be done. Its texts are such as every store takes: see {@link StoredText}.
 *
 * @param queue which queue it waits in; a worker serves queues by name
 * @param payload what the handler needs to know, as text (JSON, by custom); not more than 64 KiB in UTF-8
 * @param delay how long it waits before it may be run; none by default
 * @param priority which of the jobs that may be run goes first: the greater; from {@value #MIN_PRIORITY} to
 *     {@value #MAX_PRIORITY}, since a claim visits those that its queues have one by one; 0 by default
 * @param group whose it is, such as a customer's id: among jobs of one priority the groups take turns, so that many jobs
 *     of one do not delay those of another. None by default; the jobs without one take turns as if they were a group
 * @param uniqueKey while a job with this key waits or runs in the same queue, another is not enqueued; none by default
 * @param retry how often it is tried, and how long it waits in between
 */
public record NewJob(
        String queue,
        String payload,
        Duration delay,
        int priority,
        Optional<String> group,
        Optional<String> uniqueKey,
        Retry retry) {

    /** The largest payload, in bytes of UTF-8: what is larger belongs in a blob. */
    public static final int MAX_PAYLOAD_BYTES = 64 * 1024;

    /** The longest name of a queue or a group, and the longest unique key, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 512;

    /** The priority of what waits for everything else. */
    public static final int MIN_PRIORITY = -100;

    /** The priority of what waits for nothing else. */
    public static final int MAX_PRIORITY = 100;

    public NewJob {
        if (queue.isEmpty() || delay.isNegative()) {
            throw new IllegalArgumentException(
                    "a job has a queue and a delay that is not negative: \"%s\", %s".formatted(queue, delay));
        }
        if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException(
                    "a job has a priority from %d to %d, not %d: use some of them, and not one for each job"
                            .formatted(MIN_PRIORITY, MAX_PRIORITY, priority));
        }
        StoredText.require("the queue of a job", queue);
        StoredText.require("the payload of a job", payload);
        group.ifPresent(name -> requireGroup(name));
        uniqueKey.ifPresent(key -> StoredText.require("the unique key of a job", key));
        if (StoredText.utf8Length(queue) > MAX_NAME_BYTES
                || StoredText.utf8Length(uniqueKey.orElse("")) > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a queue's name and a unique key have at most %d bytes: use the key's hash where it is longer"
                            .formatted(MAX_NAME_BYTES));
        }
        int bytes = StoredText.utf8Length(payload);
        if (bytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "the payload of a job in queue \"%s\" has %d bytes and may have %d: keep it in a blob and enqueue its key"
                            .formatted(queue, bytes, MAX_PAYLOAD_BYTES));
        }
    }

    public static NewJob of(String queue, String payload) {
        return new NewJob(queue, payload, Duration.ZERO, 0, Optional.empty(), Optional.empty(), Retry.defaults());
    }

    public NewJob withDelay(Duration delay) {
        return new NewJob(queue, payload, delay, priority, group, uniqueKey, retry);
    }

    public NewJob withPriority(int priority) {
        return new NewJob(queue, payload, delay, priority, group, uniqueKey, retry);
    }

    public NewJob withGroup(String group) {
        return new NewJob(queue, payload, delay, priority, Optional.of(group), uniqueKey, retry);
    }

    public NewJob withUniqueKey(String uniqueKey) {
        return new NewJob(queue, payload, delay, priority, group, Optional.of(uniqueKey), retry);
    }

    public NewJob withRetry(Retry retry) {
        return new NewJob(queue, payload, delay, priority, group, uniqueKey, retry);
    }

    private static void requireGroup(String group) {
        StoredText.require("the group of a job", group);
        if (group.isEmpty() || StoredText.utf8Length(group) > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a group's name has from 1 to %d bytes: use a hash where it is longer".formatted(MAX_NAME_BYTES));
        }
    }
}
