package dev.coatcheck.gallery.photos;

import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.Leases;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies up after processes that died and clients that left: photos whose last attempt took its worker down are marked as
 * failed, blobs whose photo was never added, or is no more, are deleted, and uploads are cleared away that nobody goes on with.
 *
 * <p>One worker does so at a time, for as long as it lives; when it has died, another takes over. Two may do so for a moment
 * where one of them was stopped and does not know it: that harms nobody, so no fence is needed.
 */
public final class PhotoSweeper implements AutoCloseable {
    private static final Duration DEAD_EVERY = Duration.ofMinutes(1);
    private static final Duration CLEARED_EVERY = Duration.ofHours(1);

    /** Much longer than an upload takes, whose row comes after its blob. */
    private static final Duration ORPHAN_AGE = Duration.ofDays(1);

    private static final int PAGE = 500;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(4);
    private static final Logger log = LoggerFactory.getLogger(PhotoSweeper.class);

    private final Photos photos;
    private final Blobs blobs;
    private final Leases leases;
    private final InstantSource clock;
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("photo-sweeper").daemon().factory());
    private Optional<Lease> lease = Optional.empty();
    private volatile boolean closed;

    PhotoSweeper(Photos photos, Blobs blobs, Leases leases, InstantSource clock) {
        this.photos = photos;
        this.blobs = blobs;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Sweeps from now on, whenever it is this process's turn.
     *
     * @param clearUploads clears away what has expired of them
     * @param leases closed with this
     */
    public static PhotoSweeper start(Photos photos, Blobs blobs, Runnable clearUploads, Leases leases) {
        var sweeper = new PhotoSweeper(photos, blobs, leases, InstantSource.system());
        sweeper.every(DEAD_EVERY, photos::failDead);
        sweeper.every(CLEARED_EVERY, sweeper::deleteOrphans);
        sweeper.every(CLEARED_EVERY, clearUploads);
        return sweeper;
    }

    private void every(Duration period, Runnable sweep) {
        Runnable guarded = () -> {
            try {
                if (isOurTurn()) {
                    sweep.run();
                }
            } catch (RuntimeException e) {
                // The next time will do, and an exception would be the end of the schedule.
                log.warn("Sweeping photos failed: {}", e.getMessage());
            }
        };
        var _ = schedule.scheduleWithFixedDelay(guarded, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether this process has the lease, or could have it now. */
    boolean isOurTurn() {
        if (lease.filter(Lease::isHeld).isEmpty()) {
            lease = switch (leases.tryAcquire("photo-sweeper")) {
                case Acquired(var acquired) -> Optional.of(acquired);
                case Busy(var holder) -> Optional.empty();
            };
        }
        return lease.isPresent();
    }

    /** Deletes old blobs of photos that have no row. */
    void deleteOrphans() {
        var before = clock.instant().minus(ORPHAN_AGE);
        var after = "";
        List<Listed> page;
        do {
            page = blobs.list(PhotoBlobs.PREFIX, after, PAGE);
            deleteOrphans(page.stream()
                    .filter(blob -> blob.storedAt().isBefore(before))
                    .toList());
            after = page.isEmpty() ? after : page.getLast().key();
        } while (page.size() == PAGE && !closed);
    }

    private void deleteOrphans(List<Listed> old) {
        var existing = photos.existing(old.stream()
                .map(blob -> PhotoBlobs.photo(blob.key()))
                .flatMap(Optional::stream)
                .distinct()
                .toList());
        for (var blob : old) {
            if (PhotoBlobs.photo(blob.key())
                    .filter(id -> !existing.contains(id))
                    .isPresent()) {
                log.info("Deleting {}, whose photo is not there", blob.key());
                blobs.delete(blob.key());
            }
        }
    }

    /** Ends what is under way, without an interrupt: it would close a connection of the pool. */
    @Override
    public void close() {
        closed = true;
        schedule.shutdown();
        try {
            if (!schedule.awaitTermination(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("A sweep did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leases.close();
    }
}
