package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.http.ApiException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many photos stream through this process at once. Each takes a mebibyte or two of heap for as long as its
 * client pleases, so that a few hundred slow clients would end the process.
 */
final class Slots {
    private final Semaphore free;
    private final Duration patience;

    /** @param patience how long a request waits for a slot before it is answered with 503 */
    Slots(int slots, Duration patience) {
        this.free = new Semaphore(slots);
        this.patience = patience;
    }

    /**
     * Takes a slot, to be given back.
     *
     * @throws ApiException 503 where none becomes free in time
     */
    void take() {
        if (!acquire()) {
            throw ApiException.unavailable("Many photos are on their way right now. Please try again in a moment.");
        }
    }

    void giveBack() {
        free.release();
    }

    private boolean acquire() {
        try {
            return free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
