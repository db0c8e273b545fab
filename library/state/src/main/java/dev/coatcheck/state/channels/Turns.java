package dev.coatcheck.state.channels;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A few read at a time, and the others in turn: those who come back by the thousand take no connection away from what else
 * the process asks of the store.
 */
final class Turns {
    private static final int AT_ONCE = 4;

    private final Semaphore free = new Semaphore(AT_ONCE, true);

    /**
     * Reads when it is its turn.
     *
     * @param patience how long to wait for that; empty where it did not come
     */
    <T> Optional<T> take(Duration patience, Supplier<T> read) throws InterruptedException {
        if (!free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(read.get());
        } finally {
            free.release();
        }
    }
}
