package dev.coatcheck.process.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands at a place, as it was when it was last looked at. Whoever asks says how old that may be, and is the one who
 * looks again where it is older: there is no thread that would have to be ended.
 *
 * <p>There is one reading at a time, which all who need it wait for. It goes on when they do not wait any longer, so that a
 * place that is slow is followed too, a little later.
 *
 * <p>A place that cannot be read any more changes nothing: what was last read stays, and is not looked for again for a while.
 */
final class Document {
    /** For a reading; before the process listens that is how long it is waited for, and all documents are read at once. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    /** How long after its begin a later reading is waited for, by those who want to go on. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long a place that failed is left alone. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** How long after it was told of a place that fails that is told again, where somebody still asks. */
    private static final Duration REMINDER = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Document.class);

    private final String shown;
    private final Place place;
    private final Duration limit;
    private final Duration pause;
    private final Duration reminder;
    private final Reading first;

    /** For what changes the three below; nobody waits while holding it. */
    private final ReentrantLock lock = new ReentrantLock();

    private Reading reading;
    private long told;
    private volatile @Nullable Snapshot last;

    /** Begins to read. */
    Document(String shown, Place place) {
        this(shown, place, LIMIT, PAUSE);
    }

    Document(String shown, Place place, Duration limit, Duration pause) {
        this(shown, place, limit, pause, REMINDER);
    }

    Document(String shown, Place place, Duration limit, Duration pause, Duration reminder) {
        this.shown = shown;
        this.place = place;
        this.limit = limit;
        this.pause = pause;
        this.reminder = reminder;
        this.first = Reading.begin(this::look);
        this.reading = first;
    }

    /** What was read first. Only when this has succeeded may the other methods be called. */
    Snapshot first() throws SecretException {
        if (first.awaitEnd(limit.minus(first.age()))) {
            return first.result();
        }
        first.interrupt();
        throw new SecretException(
                Thread.currentThread().isInterrupted()
                        ? "was not waited for, since the thread was interrupted"
                        : late());
    }

    /** What stood there at most {@code age} ago, or longer where it cannot be read. */
    Snapshot within(Duration age) {
        long came = System.nanoTime();
        // Twice at the most: what is begun from now on is young enough.
        while (true) {
            var awaited = reading(age, came);
            if (awaited == null || !awaited.awaitEnd(patience(awaited, came))) {
                return known();
            }
        }
    }

    /** What has kept one waiting in vain keeps no other. */
    private static Duration patience(Reading awaited, long came) {
        var waited = Duration.ofNanos(System.nanoTime() - came);
        var age = awaited.age();
        return PATIENCE.minus(age.compareTo(waited) > 0 ? age : waited);
    }

    /** What to wait for, for something younger; null where that is not needed, or not to be had. */
    private @Nullable Reading reading(Duration age, long came) {
        if (!isOlder(known(), age, came)) {
            return null;
        }
        lock.lock();
        try {
            if (!isOlder(known(), age, came)) {
                return null;
            }
            if (reading.isOver()) {
                reading = Reading.begin(this::look);
                return reading;
            }
            if (reading.age().compareTo(limit) > 0) {
                // Whether that ends it or not, there is no second one beside it.
                reading.interrupt();
                fail(late());
                return null;
            }
            // Those who would be content with what is a little older leave it to the one who has begun.
            return age.compareTo(PATIENCE) > 0 ? null : reading;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOlder(Snapshot known, Duration age, long came) {
        var oldest = known.failed() && age.compareTo(pause) < 0 ? pause : age;
        return came - known.at() > oldest.toNanos();
    }

    private Snapshot known() {
        var known = last;
        if (known == null) {
            throw new IllegalStateException(shown + " was not read yet");
        }
        return known;
    }

    private Snapshot look() throws SecretException {
        long begun = System.nanoTime();
        try {
            return took(place.read(), begun);
        } catch (SecretException failed) {
            throw fail(Shown.fit(failed));
        } catch (RuntimeException | Error failed) {
            // Without its message, of which nobody knows what it quotes; frames hold no values.
            log.debug("Reading {} failed at {}", shown, Arrays.asList(failed.getStackTrace()));
            throw fail(
                    new SecretException("cannot be read (" + failed.getClass().getSimpleName() + ")"));
        }
    }

    private Snapshot took(String text, long begun) {
        lock.lock();
        try {
            var before = last;
            if (before != null && before.failed()) {
                log.info("Can read {} again", shown);
            }
            var now = before == null ? new Snapshot(1, text, begun, false) : before.next(text, begun);
            last = now;
            return now;
        } finally {
            lock.unlock();
        }
    }

    private SecretException fail(SecretException failed) {
        fail(String.valueOf(failed.getMessage()));
        return failed;
    }

    private void fail(String why) {
        lock.lock();
        try {
            var before = last;
            if (before != null) {
                last = before.inVain();
                if (!before.failed() || System.nanoTime() - told > reminder.toNanos()) {
                    told = System.nanoTime();
                    log.warn("Cannot read {} again, and what was last read stays: {}", shown, why);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private String late() {
        return "gave no answer within " + limit.toSeconds() + " s";
    }
}
