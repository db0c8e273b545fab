package dev.coatcheck.state.jobs;

import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much is in the queues, as of a moment ago: for metrics, which ask for several numbers at once.
 *
 * <p>One round trip ({@link Jobs#depths()}, which may read every job that there is) when it is asked and the last answer is
 * older than it may be; none otherwise. A store that cannot be reached gives no numbers, and is left alone for as long.
 * Thread-safe; who comes while another asks waits for that answer.
 *
 * <pre>{@code
 * var depths = new RecentDepths(jobs, Duration.ofSeconds(10));
 * long waiting = depths.of("mail").map(QueueDepth::waiting).orElse(0L);
 * }</pre>
 */
public final class RecentDepths {
    private static final QueueDepth NOTHING = new QueueDepth(0, 0, 0, 0, Duration.ZERO);
    private static final System.Logger LOG = System.getLogger(RecentDepths.class.getName());

    private final Jobs jobs;
    private final long maxAge;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Map<String, QueueDepth>> last = Optional.empty(); // with the others, guarded by the lock
    private long askedAt;
    private boolean asked;

    /** @param maxAge how old an answer may be */
    public RecentDepths(Jobs jobs, Duration maxAge) {
        this.jobs = jobs;
        this.maxAge = maxAge.toNanos();
    }

    /** How much is in a queue, which may be nothing; empty where the store could not be asked. */
    public Optional<QueueDepth> of(String queue) {
        lock.lock();
        try {
            long now = System.nanoTime();
            if (!asked || now - askedAt > maxAge) {
                last = ask();
                askedAt = System.nanoTime();
                asked = true;
            }
            return last.map(depths -> depths.getOrDefault(queue, NOTHING));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Map<String, QueueDepth>> ask() {
        try {
            return Optional.of(jobs.depths());
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "cannot count jobs for now: " + e.getMessage());
            return Optional.empty();
        }
    }
}
