package dev.coatcheck.process.config;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands at a place, as it was when it was last looked at. Whoever asks says how old that may be, and is the one who
 * looks again where it is older: there is no thread that would have to be ended.
 *
 * <p>A place that cannot be read any more changes nothing: what was last read stays, and is not looked for again for a while.
 */
final class Document {
    /** For the first reading, before the process listens; all documents are read at once. */
    static final Duration FIRST_LIMIT = Duration.ofSeconds(10);

    /** For later ones, which somebody who wants to go on waits for: well below the time a pool waits for a connection. */
    static final Duration LIMIT = Duration.ofSeconds(2);

    /** How long a place that failed is left alone. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(Document.class);

    private final String shown;
    private final Place place;
    private final Duration pause;
    private final Reading first;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Look last;

    /** What was seen, and when; {@code failed} where a later attempt to see more was in vain at that time. */
    private record Look(String text, long at, boolean failed) {}

    /** Begins to read. */
    Document(String shown, Place place) {
        this(shown, place, PAUSE);
    }

    Document(String shown, Place place, Duration pause) {
        this.shown = shown;
        this.place = place;
        this.pause = pause;
        this.first = Reading.begin(place, FIRST_LIMIT);
    }

    /** What was read first. Only when this has succeeded may the other methods be called. */
    String first() throws SecretException {
        var known = last;
        if (known != null) {
            return known.text();
        }
        var text = first.await();
        last = new Look(text, System.nanoTime(), false);
        return text;
    }

    /** What stood there at most {@code age} ago, or longer where it cannot be read. */
    String within(Duration age) {
        var known = known();
        if (!isOlder(known, age)) {
            return known.text();
        }
        try {
            // Somebody who looks already is waited for, except by those who would be content with what is a little
            // older.
            if (looking.tryLock(age.compareTo(LIMIT) > 0 ? 0 : LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    return isOlder(known(), age) ? look() : known().text();
                } finally {
                    looking.unlock();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return known().text();
    }

    private boolean isOlder(Look known, Duration age) {
        var limit = known.failed() && age.compareTo(pause) < 0 ? pause : age;
        return System.nanoTime() - known.at() > limit.toNanos();
    }

    private Look known() {
        var known = last;
        if (known == null) {
            throw new IllegalStateException(shown + " was not read yet");
        }
        return known;
    }

    private String look() {
        var before = known();
        try {
            var text = Reading.begin(place, LIMIT).await();
            if (before.failed()) {
                log.info("Can read {} again", shown);
            }
            last = new Look(text, System.nanoTime(), false);
            return text;
        } catch (SecretException failed) {
            // Who was interrupted has learnt nothing.
            if (!Thread.currentThread().isInterrupted()) {
                last = new Look(before.text(), System.nanoTime(), true);
                if (!before.failed()) {
                    log.warn("Cannot read {} again, and what was last read stays: {}", shown, failed.getMessage());
                }
            }
            return before.text();
        }
    }
}
