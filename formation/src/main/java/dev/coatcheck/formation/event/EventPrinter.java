package dev.coatcheck.formation.event;

import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to a stream on a thread of its own, so that nobody waits for whoever reads it: neither an application that
 * writes a line nor the supervision that tells of it.
 *
 * <p>While the reader is slow, 10,000 events wait, with 16 million characters of output and paths; beyond that, output of
 * applications and requests are dropped, and their number is told when the reader has caught up. Lifecycle events are never
 * dropped: back-off bounds how often they occur. When the stream takes no more, because it is closed at its other end
 * ({@code coatcheck up | head}) or the disk is full, the printer says so once and takes events in silence from then on; the
 * formation goes on. Safe for use by several threads.
 */
public final class EventPrinter implements Consumer<Event>, AutoCloseable {
    private static final int CAPACITY = 10_000;
    private static final long CAPACITY_CHARACTERS = 16L << 20;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final OutputStream out;
    private final EventFormat format;
    private final Consumer<IOException> onBroken;
    private final Thread writer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Event> waiting = new ArrayDeque<>();
    private long waitingCharacters;
    private long dropped;
    private boolean closed;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /**
     * Starts to write.
     *
     * @param onBroken called once, on the writer's thread, when the stream takes no more, with what it said
     */
    public EventPrinter(OutputStream out, EventFormat format, Consumer<IOException> onBroken) {
        this.out = new BufferedOutputStream(out, 64 << 10);
        this.format = format;
        this.onBroken = onBroken;
        this.writer = Thread.ofPlatform().name("event-printer").daemon().start(this::write);
    }

    @Override
    public void accept(Event event) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            boolean fits = waiting.size() < CAPACITY && waitingCharacters < CAPACITY_CHARACTERS;
            if (event instanceof Event.Lifecycle || fits) {
                waiting.add(event);
                waitingCharacters += event.foreignCharacters();
                changed.signal();
            } else {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes no more events. Does not wait.
     *
     * @return completes when what waited is written, or the stream takes no more: not as long as its reader stands still
     */
    public CompletableFuture<Void> end() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        return ended.copy();
    }

    /** Writes what waits, for five seconds at most, and ends. */
    @Override
    public void close() {
        var _ = end();
        try {
            writer.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            for (Event event = next(); event != null; event = next()) {
                out.write(format.format(event).getBytes(StandardCharsets.UTF_8));
                if (isDrained()) {
                    out.flush();
                }
            }
            out.flush();
        } catch (IOException e) {
            onBroken.accept(e);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; if somebody does, the printer ends.
        } finally {
            discard();
            ended.complete(null);
        }
    }

    private @Nullable Event next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && dropped == 0 && !closed) {
                changed.await();
            }
            if (waiting.isEmpty() && dropped > 0) {
                String message = dropped + " lines were dropped, because they came faster than they could be written";
                Event told = new Event.Lifecycle(
                        Instant.now(),
                        Kind.DROPPED,
                        Optional.empty(),
                        Level.WARNING,
                        message,
                        Map.of("lines", dropped));
                dropped = 0;
                return told;
            }
            Event next = waiting.poll();
            waitingCharacters -= next == null ? 0 : next.foreignCharacters();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDrained() {
        lock.lock();
        try {
            return waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void discard() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }
}
