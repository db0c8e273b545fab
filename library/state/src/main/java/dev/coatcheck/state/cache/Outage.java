package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.ReadResult.Unavailable;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Goes without the store while it fails. What fails at once is asked again at once; a store, or a part of one, that lets its
 * callers wait for nothing is left alone for twice as long as they waited, so that a server which hangs does not hold up
 * every request.
 */
final class Outage {
    private static final System.Logger LOG = System.getLogger(Cache.class.getName());
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(5);

    /** What takes less is no wait. */
    private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long BETWEEN_TELLING = TimeUnit.MINUTES.toNanos(1);

    private final String cache;
    private final AtomicLong tellAgainAt = new AtomicLong(System.nanoTime());
    private volatile boolean failing;
    private volatile long askAgainAt = System.nanoTime();

    Outage(String cache) {
        this.cache = cache;
    }

    /** What the store answers; nothing where it does not, or is left alone for now. */
    <T> Optional<T> ask(Supplier<T> question) {
        long begun = System.nanoTime();
        if (begun - askAgainAt < 0) {
            return Optional.empty();
        }
        try {
            var answer = question.get();
            if (failing) {
                failing = false;
                LOG.log(INFO, "the cache \"{0}\" has its store again", cache);
            }
            return Optional.of(answer);
        } catch (BackingServiceException e) {
            if (Thread.currentThread().isInterrupted()) {
                return Optional.empty(); // which says nothing of the store
            }
            leaveAlone(begun);
            if (!failing) {
                failing = true;
                LOG.log(WARNING, "the cache \"{0}\" goes without its store for now: {1}", cache, e.getMessage());
            }
            return Optional.empty();
        }
    }

    /**
     * The store answered, but for a part of what it was asked.
     *
     * @param begun when it was asked
     */
    void partly(Unavailable part, long begun) {
        if (Thread.currentThread().isInterrupted()) {
            return; // which says nothing of the store
        }
        if (!part.isFull()) {
            leaveAlone(begun);
        }
        long now = System.nanoTime();
        long due = tellAgainAt.get();
        if (now - due >= 0 && tellAgainAt.compareAndSet(due, now + BETWEEN_TELLING)) {
            LOG.log(WARNING, "the cache \"{0}\" goes without a part of its store for now: {1}", cache, part.reason());
        }
    }

    private void leaveAlone(long begun) {
        long now = System.nanoTime();
        long waited = now - begun;
        if (waited > AT_ONCE) {
            askAgainAt = now + Math.min(LONGEST_PAUSE, 2 * waited);
        }
    }
}
