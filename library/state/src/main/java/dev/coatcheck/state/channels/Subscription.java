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
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one connection listens to: any number of topics up to {@value #MAX_TOPICS}, and one queue for all of them.
 *
 * <p>Thread-safe; {@link #next} is for one thread at a time.
 */
public final class Subscription implements AutoCloseable {

    /** To how many topics one may subscribe. */
    public static final int MAX_TOPICS = 100;

    /** How long to leave alone a topic that this process has not read as far as its client has. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Channels channels;
    private final Subscriber subscriber;
    private final Mailbox mailbox;

    /** Held while a topic is joined or left, and never while the store is asked. Taken before a feed's lock. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Topic, Feed> feeds = new HashMap<>();

    /** What was read from the history; the reading thread's. */
    private final Queue<Delivery> page = new ArrayDeque<>();

    Subscription(Channels channels, Subscriber subscriber, ChannelSettings settings) {
        this.channels = channels;
        this.subscriber = subscriber;
        // On a thread of its own: whoever puts one message too many holds the lock of a topic.
        this.mailbox = new Mailbox(
                settings.queueMessages(),
                settings.queueBytes(),
                () -> Thread.ofVirtual().name("coatcheck-channels-leave").start(this::leaveAll));
    }

    /** Whose it is. */
    public Subscriber subscriber() {
        return subscriber;
    }

    /** What it listens to. */
    public Set<Topic> topics() {
        lock.lock();
        try {
            return Set.copyOf(feeds.keySet());
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
     * hundred messages, none if nothing was missed.
     */
    public void subscribe(Topic topic, Position after) {
        subscribe(topic, Optional.of(after));
    }

    private void subscribe(Topic topic, Optional<Position> after) {
        var found = enter(topic);
        if (found.isEmpty()) {
            return;
        }
        var feed = found.get();
        try {
            feed.begin();
        } catch (RuntimeException e) {
            unsubscribe(topic);
            throw e;
        }
        lock.lock();
        try {
            if (feed.equals(feeds.get(topic))) {
                after.ifPresentOrElse(
                        position -> mailbox.catchUp(new Cursor(feed, position)), () -> feed.join(mailbox));
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Feed> enter(Topic topic) {
        lock.lock();
        try {
            if (mailbox.isClosed() || feeds.containsKey(topic)) {
                return Optional.empty();
            }
            if (feeds.size() == MAX_TOPICS) {
                throw new IllegalStateException("a subscription is to " + MAX_TOPICS + " topics at the most");
            }
            var feed = channels.follow(topic, subscriber);
            feeds.put(topic, feed);
            return Optional.of(feed);
        } finally {
            lock.unlock();
        }
    }

    /** Listens to a topic no more. No round trip. */
    public void unsubscribe(Topic topic) {
        lock.lock();
        try {
            var feed = feeds.remove(topic);
            if (feed != null) {
                feed.leave(mailbox);
                mailbox.caughtUp(feed);
                channels.unfollow(feed, subscriber);
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
            // What waits here is limited, and what is read from the history is of topics of which nothing waits here.
            var next = mailbox.poll(page.isEmpty() ? left : 0).or(() -> Optional.ofNullable(page.poll()));
            if (next.isPresent()) {
                if (isWanted(next.get())) {
                    return next.get();
                }
            } else if (left == 0) {
                return new Nothing();
            } else {
                catchUp();
            }
        }
    }

    /** Reads on in the history of a topic, or joins those who are told what comes. */
    private void catchUp() throws InterruptedException {
        var cursor = mailbox.cursor();
        if (cursor == null || join(cursor)) {
            return;
        }
        var topic = cursor.feed().topic();
        switch (channels.read(topic, cursor.position())) {
            case Kept(var messages) -> {
                if (messages.isEmpty()) {
                    cursor.feed().readOn();
                    Thread.sleep(PAUSE);
                }
                for (var message : messages) {
                    page.add(new Message(topic, message.position(), message.payload()));
                    cursor.moveTo(message.position());
                }
            }
            case Gone(var head) -> {
                page.add(new Missed(topic, head));
                cursor.moveTo(head);
            }
        }
    }

    private boolean join(Cursor cursor) {
        lock.lock();
        try {
            if (!cursor.feed().equals(feeds.get(cursor.feed().topic()))) {
                return true; // nobody wants it any more
            }
            if (!cursor.feed().joinAt(mailbox, cursor.position())) {
                return false;
            }
            mailbox.caughtUp(cursor.feed());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What was on its way when somebody unsubscribed is dropped. */
    private boolean isWanted(Delivery delivery) {
        return switch (delivery) {
            case Begun(var topic, var position) -> listensTo(topic);
            case Message(var topic, var position, var payload) -> listensTo(topic);
            case Missed(var topic, var position) -> listensTo(topic);
            case Nothing() -> true;
            case Closed(var reason) -> true;
        };
    }

    private boolean listensTo(Topic topic) {
        lock.lock();
        try {
            return feeds.containsKey(topic);
        } finally {
            lock.unlock();
        }
    }

    /** Ends it, if it has not ended; {@link #next} says {@link Closed} from then on. No round trip. */
    @Override
    public void close() {
        close(new CloseReason.Ended());
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
