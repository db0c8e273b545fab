package dev.coatcheck.state.channels;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one connection listens to: any number of topics up to {@value #MAX_TOPICS}, and one queue for all of them.
 *
 * <p>Thread-safe; {@link #next} is for one thread at a time. While something is read for it from a history, a virtual thread
 * does so, and what else comes is not held up.
 */
public final class Subscription implements AutoCloseable {

    /** To how many topics one may subscribe. */
    public static final int MAX_TOPICS = 100;

    /** How long to leave alone a topic that this process has not read as far as its client has. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** How long to wait for a turn to read; then it is waited for anew. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Channels channels;
    private final Subscriber subscriber;
    private final Mailbox mailbox;

    /** Held while a topic is joined or left, and never while the store is asked. Taken before a feed's lock. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Topic, Membership> memberships = new HashMap<>();

    Subscription(Channels channels, Subscriber subscriber, ChannelSettings settings) {
        this.channels = channels;
        this.subscriber = subscriber;
        // On a thread of its own: whoever puts one message too many holds the lock of a topic.
        this.mailbox = new Mailbox(
                settings.queueMessages(),
                settings.queueBytes(),
                channels.catchUps().room(),
                () -> Thread.ofVirtual().name("coatcheck-channels-leave").start(this::leaveAll));
    }

    /** Whose it is. */
    public Subscriber subscriber() {
        return subscriber;
    }

    /**
     * Counts it among those of its user, whose oldest ends where that is one too many, or this one's predecessor of the same
     * {@linkplain Subscriber#withClient client}. For one that was {@linkplain Channels#prepare prepared}; does nothing where it is
     * counted or has ended. No round trip.
     */
    public void admit() {
        channels.admit(this);
    }

    /** What it listens to. */
    public Set<Topic> topics() {
        lock.lock();
        try {
            return Set.copyOf(memberships.keySet());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Listens to a topic from now on. {@link Begun} says from where, before any of its messages. One round trip where
     * nobody else in this process listens to it, none otherwise. Does nothing for a topic that it listens to, or where the
     * subscription has ended.
     *
     * @throws BackingServiceException where the store cannot be reached; nothing has begun then
     * @throws IllegalStateException where it listens to {@value #MAX_TOPICS} already
     */
    public void subscribe(Topic topic) {
        subscribe(topic, Optional.empty());
    }

    /**
     * Listens to a topic from a position on: what came after it follows {@link Begun}, and then what comes; or
     * {@link Missed}, and then what comes. One round trip as above, and while {@link #next} catches up one for each
     * hundred messages or quarter of a mebibyte, none if nothing was missed.
     */
    public void subscribe(Topic topic, Position after) {
        subscribe(topic, Optional.of(after));
    }

    private void subscribe(Topic topic, Optional<Position> after) {
        var entered = enter(topic);
        if (entered.isEmpty()) {
            return;
        }
        var membership = entered.get();
        try {
            membership.feed().begin();
        } catch (RuntimeException e) {
            leave(topic, membership);
            throw e;
        }
        lock.lock();
        try {
            if (isOf(membership)) {
                after.ifPresentOrElse(
                        position -> mailbox.catchUp(new Cursor(membership, position)),
                        () -> membership.feed().join(membership));
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Membership> enter(Topic topic) {
        lock.lock();
        try {
            if (mailbox.isClosed() || memberships.containsKey(topic)) {
                return Optional.empty();
            }
            if (memberships.size() == MAX_TOPICS) {
                throw new IllegalStateException("a subscription is to " + MAX_TOPICS + " topics at the most");
            }
            var membership = new Membership(channels.follow(topic, subscriber), mailbox);
            memberships.put(topic, membership);
            return Optional.of(membership);
        } finally {
            lock.unlock();
        }
    }

    /** Guarded by the lock. */
    private boolean isOf(Membership membership) {
        return membership.equals(memberships.get(membership.feed().topic()));
    }

    /** Listens to a topic no more, nor is anything of it still to come. No round trip. */
    public void unsubscribe(Topic topic) {
        lock.lock();
        try {
            var membership = memberships.get(topic);
            if (membership != null) {
                leave(topic, membership);
            }
        } finally {
            lock.unlock();
        }
    }

    private void leave(Topic topic, Membership membership) {
        lock.lock();
        try {
            if (memberships.remove(topic, membership)) {
                membership.feed().leave(membership);
                mailbox.forget(membership);
                channels.unfollow(membership.feed(), subscriber);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what comes next.
     *
     * @param patience how long to wait for it; {@link Nothing} after that
     * @throws BackingServiceException where the history is to be read and the store cannot be reached. Nothing is lost: the
     *     next call tries again
     * @throws InterruptedException where the waiting thread is interrupted; nothing is lost
     */
    public Delivery next(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            long left = Math.max(0, patience.toNanos() - (System.nanoTime() - begun));
            var next = mailbox.poll(left);
            if (next.isPresent()) {
                return next.get();
            }
            if (left == 0) {
                return new Nothing();
            }
            catchUp();
        }
    }

    /** Joins those who are told what comes; or else begins to read on in the history, which nobody waits for in here. */
    private void catchUp() {
        var cursor = mailbox.cursor();
        if (cursor != null && !join(cursor)) {
            mailbox.beginReading(cursor);
            Thread.ofVirtual().name("coatcheck-channels-catch-up").start(() -> read(cursor));
        }
    }

    private void read(Cursor cursor) {
        RuntimeException failure = null;
        try {
            var reading = channels.catchUps().read(cursor, PATIENCE, () -> mailbox.wants(cursor));
            if (reading.isPresent()) {
                take(cursor, reading.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = new IllegalStateException("a history could not be read: " + e, e);
        }
        mailbox.endReading(cursor, failure);
    }

    private void take(Cursor cursor, CatchUps.Reading reading) throws InterruptedException {
        var topic = cursor.feed().topic();
        switch (reading.history()) {
            case Kept(var messages) -> {
                if (messages.isEmpty()) {
                    cursor.confirm();
                    cursor.feed().readOn();
                    Thread.sleep(PAUSE);
                    return;
                }
                var deliveries = messages.stream()
                        .map(message -> new Message(topic, message.position(), message.payload()))
                        .toList();
                mailbox.read(
                        cursor, deliveries, messages.get(messages.size() - 1).position(), reading.bytes());
            }
            case Gone(var head) -> mailbox.read(cursor, List.of(new Missed(topic, head)), head, reading.bytes());
        }
    }

    private boolean join(Cursor cursor) {
        lock.lock();
        try {
            if (!isOf(cursor.membership())) {
                return true; // nobody wants it any more
            }
            if (!cursor.feed().joinAt(cursor.membership(), cursor.position(), cursor.isConfirmed())) {
                return false;
            }
            mailbox.caughtUp(cursor.membership());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it, if it has not ended; {@link #next} says {@link Closed} from then on. No round trip. */
    @Override
    public void close() {
        close(new CloseReason.Ended());
    }

    boolean hasEnded() {
        return mailbox.isClosed();
    }

    void close(CloseReason reason) {
        mailbox.close(reason);
    }

    /** Leaves everything: safe to do again. */
    void leaveAll() {
        topics().forEach(this::unsubscribe);
        channels.left(this);
    }
}
