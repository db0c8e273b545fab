package dev.coatcheck.state.jobs;

import java.time.Duration;

/**
 * How a worker works.
 *
 * @param concurrency how many jobs it runs at once; 4 by default
 * @param lease how long the store holds a job for a worker that says nothing more; 30 seconds by default. Renewed
 *     three times in that time, so it is how soon a dead worker's jobs go on, not how long a job may take
 * @param pollInterval how long an idle worker waits before it looks again without having been told; 5 seconds by
 *     default
 */
public record WorkerSettings(int concurrency, Duration lease, Duration pollInterval) {
    private static final WorkerSettings DEFAULTS = new WorkerSettings(4, Duration.ofSeconds(30), Duration.ofSeconds(5));

    public WorkerSettings {
        if (concurrency < 1 || lease.compareTo(Duration.ofMillis(300)) < 0 || !pollInterval.isPositive()) {
            throw new IllegalArgumentException(
                    "a worker runs at least one job, under leases of at least 300 ms: %d jobs, lease %s, poll interval %s"
                            .formatted(concurrency, lease, pollInterval));
        }
    }

    public static WorkerSettings defaults() {
        return DEFAULTS;
    }

    public WorkerSettings withConcurrency(int concurrency) {
        return new WorkerSettings(concurrency, lease, pollInterval);
    }

    public WorkerSettings withLease(Duration lease) {
        return new WorkerSettings(concurrency, lease, pollInterval);
    }

    public WorkerSettings withPollInterval(Duration pollInterval) {
        return new WorkerSettings(concurrency, lease, pollInterval);
    }
}
