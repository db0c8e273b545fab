package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One job in {@link InMemoryJobs}, which guards it. */
final class HeldJob {
    static final String LOST_FOR_GOOD = "the worker of the last attempt lost the job: it died, or was cut off";

    private final JobId id;
    private final NewJob job;
    private final Instant enqueuedAt;
    private JobState state = JobState.WAITING;
    private Instant runAt;
    private Instant due; // when somebody may claim it; of a dead job, when it died
    private int attempts;
    private long fence;
    private Optional<String> progress = Optional.empty();
    private Optional<String> lastError = Optional.empty();

    HeldJob(JobId id, NewJob job, Instant now) {
        this.id = id;
        this.job = job;
        this.enqueuedAt = now;
        this.runAt = now.plus(job.delay());
        this.due = runAt;
    }

    JobId id() {
        return id;
    }

    String queue() {
        return job.queue();
    }

    /** Whose it is; empty where it has no group. */
    String group() {
        return job.group().orElse("");
    }

    Optional<String> uniqueKey() {
        return job.uniqueKey();
    }

    int priority() {
        return job.priority();
    }

    JobState state() {
        return state;
    }

    Instant due() {
        return due;
    }

    long fence() {
        return fence;
    }

    boolean isSpent() {
        return attempts >= job.retry().maxAttempts();
    }

    boolean isLostForGood(Instant now) {
        return state == JobState.RUNNING && !due.isAfter(now) && isSpent();
    }

    ClaimedJob claimUntil(Instant leaseEnd) {
        attempts++;
        fence++;
        state = JobState.RUNNING;
        due = leaseEnd;
        return new ClaimedJob(
                id,
                job.queue(),
                job.group(),
                job.payload(),
                attempts,
                job.retry().maxAttempts(),
                fence);
    }

    void renewUntil(Instant leaseEnd) {
        due = leaseEnd;
    }

    void report(String text) {
        progress = Optional.of(text);
    }

    void giveBack(Instant now) {
        attempts--;
        waitUntil(now);
    }

    Duration retryAfter(Instant now, String error, double random) {
        var delay = job.retry().delayAfter(attempts, random);
        lastError = Optional.of(error);
        waitUntil(now.plus(delay));
        return delay;
    }

    void die(Instant now, String error) {
        state = JobState.DEAD;
        due = now;
        lastError = Optional.of(error);
    }

    void replay(Instant now) {
        attempts = 0;
        lastError = Optional.empty();
        waitUntil(now);
    }

    StoredJob asStored() {
        return new StoredJob(
                id,
                job.queue(),
                job.group(),
                job.payload(),
                state,
                job.priority(),
                attempts,
                job.retry().maxAttempts(),
                enqueuedAt,
                runAt,
                due,
                progress,
                lastError);
    }

    QueueDepth depth(Instant now) {
        if (state == JobState.DEAD) {
            return new QueueDepth(0, 0, 0, 1, Duration.ZERO);
        }
        if (!due.isAfter(now)) {
            return new QueueDepth(1, 0, 0, 0, Duration.between(due, now));
        }
        return state == JobState.RUNNING
                ? new QueueDepth(0, 0, 1, 0, Duration.ZERO)
                : new QueueDepth(0, 1, 0, 0, Duration.ZERO);
    }

    private void waitUntil(Instant time) {
        state = JobState.WAITING;
        runAt = time;
        due = time;
    }
}
