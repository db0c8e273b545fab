package dev.coatcheck.state.channels;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What waits for one subscriber: bounded, and never waited for by who puts something in. */
final class Mailbox implements Sink {
    private final int mostMessages;
    private final int mostBytes;
    private final Runnable whenClosed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Delivery> waiting = new ArrayDeque<>();
    private final Queue<Cursor> cursors = new ArrayDeque<>();
    private int bytes;
    private @Nullable CloseReason closed;

    /** @param whenClosed called once; the caller may hold locks, so it takes none */
    Mailbox(int mostMessages, int mostBytes, Runnable whenClosed) {
        this.mostMessages = mostMessages;
        this.mostBytes = mostBytes;
        this.whenClosed = whenClosed;
    }

    @Override
    public void begun(Topic topic, Position position) {
        put(new Begun(topic, position), 0);
    }

    @Override
    public void message(Topic topic, StoredMessage message) {
        put(new Message(topic, message.position(), message.payload()), StoredText.utf8Length(message.payload()));
    }

    @Override
    public void missed(Topic topic, Position position) {
        put(new Missed(topic, position), 0);
    }

    private void put(Delivery delivery, int size) {
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
            waiting.add(delivery);
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
     * What comes next, if it is there or comes in time; does not wait where something is to be read from the history.
     *
     * @param nanos 0 not to wait
     */
    Optional<Delivery> poll(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (waiting.isEmpty() && cursors.isEmpty() && closed == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (closed != null) {
                return Optional.of(new Closed(closed));
            }
            var next = Optional.ofNullable(waiting.poll());
            if (next.orElse(null) instanceof Message message) {
                bytes -= StoredText.utf8Length(message.payload());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody begins from a position: what comes after it is read from the history, at the reader's own pace. */
    void catchUp(Cursor cursor) {
        lock.lock();
        try {
            if (closed == null) {
                waiting.add(new Begun(cursor.feed().topic(), cursor.position()));
                cursors.add(cursor);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is to be read from the history first. */
    @Nullable
    Cursor cursor() {
        lock.lock();
        try {
            return cursors.peek();
        } finally {
            lock.unlock();
        }
    }

    /** There is nothing more to be read for those. */
    void caughtUp(Feed feed) {
        lock.lock();
        try {
            cursors.removeIf(cursor -> cursor.feed().equals(feed));
        } finally {
            lock.unlock();
        }
    }
}
