package dev.coatcheck.state.channels;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A topic as this process follows it: one position for all who listen here, which only moves over messages that follow on
 * each other. What was told out of order, or not at all, is read from the store by one thread at a time.
 */
final class Feed {
    /** How long to wait for a turn to read. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final System.Logger LOG = System.getLogger(Channels.class.getName());

    private final Topic topic;
    private final ChannelStore store;
    private final Turns turns;

    /** Guards the rest; never held while the store is asked. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The attempt to learn where the topic ends that is under way, and that all who come meanwhile wait for. */
    private @Nullable CompletableFuture<Position> beginning;

    private final List<Follower> followers = new ArrayList<>();
    private @Nullable Position position;

    /** Something that was heard of before it is known where the topic ends. */
    private @Nullable Position ahead;

    private boolean reading;
    private boolean readAgain;

    Feed(Topic topic, ChannelStore store, Turns turns) {
        this.topic = topic;
        this.store = store;
        this.turns = turns;
    }

    Topic topic() {
        return topic;
    }

    /** Asks the store where the topic ends, unless it is known here: one round trip, for all who ask at the same time. */
    void begin() {
        var attempt = attempt();
        if (attempt == null) {
            return;
        }
        if (attempt.isNew()) {
            // Of nobody's own: where who came first is interrupted, the others go on.
            Thread.ofVirtual().name("coatcheck-channels-begin").start(() -> ask(attempt.answer()));
        }
        try {
            attempt.answer().join(); // for as long as the store may take
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /** @param isNew whether nobody makes it yet */
    private record Attempt(CompletableFuture<Position> answer, boolean isNew) {}

    /** The attempt that is under way, or a new one; null where none is needed. */
    private @Nullable Attempt attempt() {
        lock.lock();
        try {
            if (position != null) {
                return null;
            }
            if (beginning != null) {
                return new Attempt(beginning, false);
            }
            beginning = new CompletableFuture<>();
            // The answer to what is asked now has it.
            ahead = null;
            readAgain = false;
            return new Attempt(beginning, true);
        } finally {
            lock.unlock();
        }
    }

    private void ask(CompletableFuture<Position> attempt) {
        try {
            var head = store.begin(topic);
            beginAt(head);
            attempt.complete(head);
        } catch (Throwable e) {
            endAttempt();
            attempt.completeExceptionally(e);
        }
    }

    /** Who comes from now on tries anew. */
    private void endAttempt() {
        lock.lock();
        try {
            beginning = null;
        } finally {
            lock.unlock();
        }
    }

    private void beginAt(Position head) {
        lock.lock();
        try {
            position = head;
            beginning = null;
            if (readAgain || (ahead != null && !head.covers(ahead))) {
                readOn();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Up to where everything was given to who listens; null before it has begun. */
    @Nullable
    Position position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** From now on somebody is given everything, and first where that begins. */
    void join(Sink sink) {
        lock.lock();
        try {
            if (position == null) {
                throw new IllegalStateException("joined a topic that has not begun");
            }
            followers.add(Follower.here(sink));
            sink.begun(new Begun(topic, position));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Somebody who has everything up to a position is given the rest from now on, unless that would leave a gap.
     *
     * @param confirmed whether the store knows the position; one that is ahead of this feed is believed only then
     */
    boolean joinAt(Sink sink, Position after, boolean confirmed) {
        lock.lock();
        try {
            if (position == null || !(confirmed ? after.covers(position) : after.equals(position))) {
                return false;
            }
            if (after.equals(position)) {
                followers.add(Follower.here(sink));
            } else {
                followers.add(Follower.ahead(sink, after));
                readOn(); // to be where they are, or to see that this is no more
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave(Sink sink) {
        lock.lock();
        try {
            followers.removeIf(follower -> follower.isOf(sink));
        } finally {
            lock.unlock();
        }
    }

    /** The store told of a message. */
    void heard(StoredMessage message) {
        lock.lock();
        try {
            if (position != null && message.follows(position)) {
                deliver(message, position);
            } else if (position == null) {
                ahead = message.position();
            } else if (!position.covers(message.position())) {
                readOn();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The store was asked where the topic ends: if that is not here, something was missed. */
    void endsAt(Position head) {
        lock.lock();
        try {
            if (position == null) {
                ahead = head;
            } else if (!position.equals(head)) {
                readOn();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads what has come; does not wait for it. */
    void readOn() {
        lock.lock();
        try {
            readAgain = true;
            if (reading || position == null) {
                return;
            }
            Thread.ofVirtual().name("coatcheck-channels-read").start(this::readUntilNothingIsLeft);
            reading = true; // which the thread looks at when this lock is free
        } finally {
            lock.unlock();
        }
    }

    private void readUntilNothingIsLeft() {
        boolean nothingIsLeft = false;
        try {
            nothingIsLeft = readAll();
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "messages are late until the store is back: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(ERROR, "reading a topic failed; it is tried again at the next check", e);
        } finally {
            // After an error too, such as one of memory. Where nothing was left, another thread may be reading by now.
            if (!nothingIsLeft) {
                endReading();
            }
        }
    }

    /** The next check, or the next message, begins again. */
    private void endReading() {
        lock.lock();
        try {
            reading = false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing is left; it was not this thread's turn otherwise. */
    private boolean readAll() throws InterruptedException {
        while (true) {
            var from = nextRead();
            if (from == null) {
                return true;
            }
            var history = turns.take(PATIENCE, () -> store.read(topic, from, Page.LARGEST));
            if (history.isEmpty()) {
                LOG.log(WARNING, "messages are late: too much is to be read at once");
                return false;
            }
            take(from, history.get());
        }
    }

    /** Where to read from, or null where all was read and this thread is no longer the one that does. */
    private @Nullable Position nextRead() {
        lock.lock();
        try {
            if (!readAgain) {
                reading = false;
                return null;
            }
            readAgain = false;
            followers.forEach(Follower::readBegins);
            return position;
        } finally {
            lock.unlock();
        }
    }

    private void take(Position from, History history) {
        lock.lock();
        try {
            switch (history) {
                case Kept(var messages) -> {
                    for (var message : messages) {
                        if (position != null && message.follows(position)) {
                            deliver(message, position);
                        }
                    }
                    if (Page.LARGEST.isFull(messages)) {
                        readAgain = true;
                    } else if (position != null) { // whatever comes later is told of
                        var end = position;
                        followers.forEach(follower -> follower.atEnd(topic, end));
                    }
                }
                case Gone(var head) -> {
                    // Unless this was told by messages meanwhile.
                    if (from.equals(position)) {
                        position = head;
                        var missed = new Missed(topic, head);
                        followers.forEach(follower -> follower.gone(missed));
                    }
                    readAgain = true;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void deliver(StoredMessage message, Position before) {
        position = message.position();
        var delivery = new Message(topic, message.position(), message.payload());
        int bytes = StoredText.utf8Length(message.payload());
        followers.forEach(follower -> follower.message(delivery, before, bytes));
    }
}
