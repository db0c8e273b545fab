package dev.coatcheck.state.channels;

import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one subscriber: bounded, and never waited for by who puts something in. Beside what comes there is one page
 * of a history, of a topic of which nothing waits here.
 */
final class Mailbox {
    private final int mostMessages;
    private final int mostBytes;
    private final CatchUpRoom room;
    private final Runnable whenClosed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final Queue<Cursor> cursors = new ArrayDeque<>();
    private final Queue<Waiting> page = new ArrayDeque<>();

    /** For which somebody reads the next page; null where nobody does. */
    private @Nullable Cursor reading;

    /** Why no page came, for whoever asks next. */
    private @Nullable RuntimeException failure;

    private int pageRoom;
    private int bytes;
    private @Nullable CloseReason closed;

    /** @param bytes of a payload */
    private record Waiting(Membership of, Delivery delivery, int bytes) {}

    /**
     * @param room where a page is held, which is given back with it
     * @param whenClosed called once; the caller may hold locks, so it takes none
     */
    Mailbox(int mostMessages, int mostBytes, CatchUpRoom room, Runnable whenClosed) {
        this.mostMessages = mostMessages;
        this.mostBytes = mostBytes;
        this.room = room;
        this.whenClosed = whenClosed;
    }

    /**
     * Something came.
     *
     * @param size in bytes
     */
    void put(Membership of, Delivery delivery, int size) {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            // One message is always taken, however large.
            if (waiting.size() >= mostMessages || (!waiting.isEmpty() && bytes + size > mostBytes)) {
                close(new CloseReason.TooSlow());
                return;
            }
            waiting.add(new Waiting(of, delivery, size));
            bytes += size;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is taken, and what waits is dropped: whoever comes back gets it from the history. */
    void close(CloseReason reason) {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            closed = reason;
            waiting.clear();
            cursors.clear();
            reading = null;
            dropPage();
            changed.signal();
        } finally {
            lock.unlock();
        }
        whenClosed.run();
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed != null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What comes next, if it is there or comes in time; does not wait where something is to be read from the history and
     * nobody reads it. Throws what the reading failed with, once.
     *
     * @param nanos 0 not to wait
     */
    Optional<Delivery> poll(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (nothingIsThere() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (closed != null) {
                return Optional.of(new Closed(closed));
            }
            if (!waiting.isEmpty()) {
                return Optional.of(nextOfWaiting());
            }
            throwFailure();
            return Optional.ofNullable(nextOfPage());
        } finally {
            lock.unlock();
        }
    }

    private boolean nothingIsThere() {
        return waiting.isEmpty()
                && page.isEmpty()
                && (cursors.isEmpty() || reading != null)
                && failure == null
                && closed == null;
    }

    private void throwFailure() {
        var thrown = failure;
        failure = null;
        if (thrown != null) {
            throw thrown;
        }
    }

    private Delivery nextOfWaiting() {
        var next = waiting.remove();
        bytes -= next.bytes();
        return next.delivery();
    }

    private @Nullable Delivery nextOfPage() {
        var next = page.poll();
        if (page.isEmpty()) {
            dropPage();
        }
        return next == null ? null : next.delivery();
    }

    private void dropPage() {
        page.clear();
        room.giveBack(pageRoom);
        pageRoom = 0;
    }

    /** Somebody begins from a position: what comes after it is read from the history, at the reader's own pace. */
    void catchUp(Cursor cursor) {
        lock.lock();
        try {
            put(cursor.membership(), new Begun(cursor.feed().topic(), cursor.position()), 0);
            if (closed == null) {
                cursors.add(cursor);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is to be read from the history first; null where nothing is, or a page is being read or was not taken yet. */
    @Nullable
    Cursor cursor() {
        lock.lock();
        try {
            return reading != null || !page.isEmpty() ? null : cursors.peek();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody reads from now on. */
    void beginReading(Cursor cursor) {
        lock.lock();
        try {
            reading = cursor;
        } finally {
            lock.unlock();
        }
    }

    /** @param why nothing was read, where that is of interest to whoever still wants it */
    void endReading(Cursor cursor, @Nullable RuntimeException why) {
        lock.lock();
        try {
            // If it was left meanwhile, another one may be read by now.
            if (cursor.equals(reading)) {
                reading = null;
                failure = why;
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether what is behind a cursor is still to be read. */
    boolean wants(Cursor cursor) {
        lock.lock();
        try {
            return cursors.contains(cursor);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what was read from the history, where it is still wanted.
     *
     * @param cursor which is behind it then
     * @param taken how much room it has, which is given back with it
     */
    void read(Cursor cursor, List<? extends Delivery> deliveries, Position last, int taken) {
        lock.lock();
        try {
            if (!cursors.contains(cursor)) {
                room.giveBack(taken);
                return;
            }
            deliveries.forEach(delivery -> page.add(new Waiting(cursor.membership(), delivery, 0)));
            pageRoom += taken;
            cursor.moveTo(last);
        } finally {
            lock.unlock();
        }
    }

    /** There is nothing more to be read for a membership. */
    void caughtUp(Membership membership) {
        lock.lock();
        try {
            cursors.removeIf(cursor -> cursor.membership().equals(membership));
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits for a membership that has ended. */
    void forget(Membership membership) {
        lock.lock();
        try {
            caughtUp(membership);
            if (reading != null && reading.membership().equals(membership)) {
                reading = null; // others are not held up by it
                changed.signal();
            }
            failure = null; // it may be of this one; where it is not, that is tried again
            waiting.removeIf(next -> next.of().equals(membership));
            bytes = waiting.stream().mapToInt(Waiting::bytes).sum();
            page.removeIf(next -> next.of().equals(membership));
            if (page.isEmpty()) {
                dropPage();
            }
        } finally {
            lock.unlock();
        }
    }
}
