package dev.coatcheck.state.channels;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.channels.ChannelStore.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The port for channels: what is published by any process reaches everybody who listens, on whichever process they are
 * connected, and whoever comes back on another one gets what they missed.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>The messages of a topic have one order, and every {@link Subscription} to it gets them in that order, each once.
 *       Between topics there is no order.
 *   <li>Nothing is left out in silence. What was missed, by a client that was away or by a process that was cut off from the
 *       store, is read from the history; where more was missed than is {@linkplain Retention kept}, or the store itself has
 *       lost something, {@link Delivery.Missed} says so.
 *   <li>A word that is lost on its way, and a connection that has died in silence, make messages late by
 *       {@link ChannelSettings#check()} at the most. While the store cannot be reached nothing comes, and what was
 *       published comes when it is back.
 *   <li>A subscriber that takes its messages too slowly is cut off when its queue is full, and slows nobody.
 *   <li>{@link #revokeUser} and {@link #revokeSession} end subscriptions on all processes; a process that may have missed
 *       such a word ends all of its own, so that everybody is asked anew who they are. A subscription that is made while
 *       the word travels may escape it: open it first, and look whether its user may listen after that.
 *   <li>{@link #present} forgets a process that has died, and who was present by way of it, when its
 *       {@linkplain ChannelSettings#lease() lease} ends. Otherwise it is right within about a second.
 * </ul>
 *
 * <p>The history is for who comes back within minutes. It is bounded and is no archive: what counts is in a database, and
 * messages say that it has changed.
 *
 * <p>Cost: publishing is one round trip, and reaches only processes in which somebody listens to the topic, as the adapter
 * says. A subscription costs one where its process does not follow the topic yet, see {@link Subscription}, and behind it one
 * more for which nobody waits; a message that arrives costs the process none, or one as the adapter says. For each process
 * with subscribers one round trip for up to a thousand topics at each check, and where users are present, one three times in a
 * lease, and one for those who came and left together. Whoever comes back reads at their own pace, four at a time in a
 * process, which holds 32 MiB of what was read and not yet taken, and one message for each of them.
 *
 * <p>Methods throw {@link BackingServiceException} where the store cannot be reached or does not answer in time. Thread-safe.
 * While somebody subscribes two virtual threads run, and one each while a topic is read or looked at, or somebody catches up.
 *
 * <pre>{@code
 * var channels = redis.channels(ChannelSettings.defaults());
 * var album = Topic.of("album-7");
 *
 * channels.publish(album, "{\"photo\":12}");                 // in a worker
 *
 * try (var subscription = channels.open(Subscriber.of("ada"))) { // in whichever web process she is connected to
 *     subscription.subscribe(album);
 *     while (true) {
 *         switch (subscription.next(Duration.ofSeconds(15))) {
 *             case Begun(var topic, var position) -> send(position);
 *             case Message(var topic, var position, var payload) -> send(position, payload);
 *             case Missed(var topic, var position) -> send(position, "read the album anew");
 *             case Nothing() -> sendHeartbeat();
 *             case Closed(var reason) -> {
 *                 return;
 *             }
 *         }
 *     }
 * }
 * }</pre>
 */
public final class Channels implements AutoCloseable {

    /** The largest message, in bytes of UTF-8: what is larger is stored elsewhere, and the message says where. */
    public static final int MAX_PAYLOAD_BYTES = 64 << 10;

    private static final Duration SHORTEST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);

    private final ChannelStore store;
    private final ChannelSettings settings;
    private final Presences presences;
    private final Looks looks;
    private final Checks checks;
    private final Turns turns = new Turns();
    private final CatchUps catchUps;
    private final Feed revocations;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final SubscriptionsByUser byUser;
    private final AtomicInteger places = new AtomicInteger();

    /** Guards what is followed; never held while the store is asked. Taken before a feed's lock. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Topic, Followed> followed = new HashMap<>();
    private boolean hearsRevocations;
    private boolean closed;
    private volatile boolean draining;

    /** @param listeners how many subscriptions use it */
    private record Followed(Feed feed, int listeners) {}

    /**
     * @param store an adapter, such as the in-memory one in tests, for this alone, which closes it; attached resources give
     *     out channels ready to use
     */
    public Channels(ChannelStore store, ChannelSettings settings) {
        this.store = store;
        this.settings = settings;
        this.presences = new Presences(store, settings.lease());
        this.looks = new Looks(store);
        this.checks = new Checks(settings.check(), this::check);
        this.catchUps = new CatchUps(store);
        this.byUser = new SubscriptionsByUser(settings.userSubscriptions());
        // In turns of its own: no topic that is slow to read makes a revocation late.
        this.revocations = new Feed(Revocations.TOPIC, store, new Turns());
        store.listen(new ChannelStore.Hearer() {
            @Override
            public void heard(Topic topic, StoredMessage message) {
                feed(topic).ifPresent(feed -> feed.heard(message));
            }

            @Override
            public void published(Topic topic) {
                feed(topic).ifPresent(Feed::readOn);
            }

            @Override
            public void mayHaveMissed(Topic topic) {
                feed(topic).ifPresent(feed -> looks.lookAt(List.of(feed)));
            }
        });
    }

    private void check() {
        store.check();
        looks.lookAt(feeds());
    }

    /**
     * Publishes a message.
     *
     * @param topic {@link Topic#ofUser} to reach a user on all connections that listen to it
     * @return where it stands
     * @throws IllegalArgumentException where the payload is larger than {@value #MAX_PAYLOAD_BYTES} bytes, or no
     *     {@linkplain StoredText text that every store takes}
     */
    public Position publish(Topic topic, String payload) {
        requirePayload(payload);
        return store.publish(topic, payload, settings.retention());
    }

    /**
     * Refuses what is no payload, for adapters that publish in ways of their own.
     *
     * @return {@code payload}
     */
    public static String requirePayload(String payload) {
        StoredText.require("the payload of a message", payload);
        int bytes = StoredText.utf8Length(payload);
        if (bytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "the payload of a message has %d bytes of %d: publish where it is instead"
                            .formatted(bytes, MAX_PAYLOAD_BYTES));
        }
        return payload;
    }

    /**
     * Begins a subscription, which listens to nothing yet but may already be ended from anywhere. One round trip for the
     * first in a process, none afterwards. Where its client has one here, that ends; or else, where its user has
     * {@link ChannelSettings#userSubscriptions()}, the oldest of them. While the process {@linkplain #drain drains}, the
     * subscription says so and nothing else. Close it.
     *
     * @throws IllegalStateException where this is closed
     */
    public Subscription open(Subscriber subscriber) {
        var subscription = prepare(subscriber);
        subscription.admit();
        return subscription;
    }

    /**
     * Begins a subscription as {@link #open} does, but ends no other of its user before it is
     * {@linkplain Subscription#admit admitted}: for those who first look whether its user may listen.
     *
     * @throws IllegalStateException where this is closed
     */
    public Subscription prepare(Subscriber subscriber) {
        var subscription = new Subscription(this, subscriber, settings);
        hearRevocations();
        subscriptions.add(subscription);
        if (isClosed()) {
            subscription.close();
        } else if (draining) {
            subscription.close(new CloseReason.Draining(retryAfter()));
        }
        return subscription;
    }

    /** Counts a subscription for its user, unless it has ended: nobody gives up a place for one that is not served. */
    void admit(Subscription subscription) {
        if (draining || subscription.hasEnded()) {
            return;
        }
        subscription
                .subscriber()
                .user()
                .flatMap(user -> byUser.add(user, subscription))
                .ifPresent(ousted -> ousted.subscription().close(ousted.reason()));
        if (subscription.hasEnded()) {
            left(subscription); // it may have left before it was counted
        }
    }

    /**
     * Takes a place for a connection, before anything is asked of the store for it. No round trip.
     *
     * @param most how many there may be in this process, by whoever serves them
     * @return none where there is no room; give it back
     */
    public Optional<Place> takePlace(int most) {
        int before = places.getAndUpdate(taken -> taken < most ? taken + 1 : taken);
        return before < most ? Optional.of(new Place(places)) : Optional.empty();
    }

    /** How many {@linkplain #takePlace places} are taken. */
    public int places() {
        return places.get();
    }

    /** Who is present on a topic: the users among those who subscribe to it, on all processes. */
    public Set<String> present(Topic topic) {
        return store.present(topic);
    }

    /** Ends what a user listens to, on all processes, as soon as they hear of it. One round trip. */
    public void revokeUser(String user) {
        revoke(Revocations.ofUser(user));
    }

    /**
     * Ends what a session listens to, on all processes, as soon as they hear of it. One round trip.
     *
     * @param session its handle, as {@link Subscriber#session()}
     */
    public void revokeSession(String session) {
        revoke(Revocations.ofSession(session));
    }

    /** However little history the application keeps: two revocations of which one is gone would close everybody. */
    private void revoke(String whom) {
        store.publish(Revocations.TOPIC, whom, Retention.defaults());
    }

    /** How many subscriptions there are in this process. */
    public int subscriptions() {
        return subscriptions.size();
    }

    /**
     * Ends the subscriptions of this process, which is about to end, one after another over the window, so that those who
     * come back do not come all at once. Returns when all have ended; what is opened from now on has ended already.
     *
     * @throws InterruptedException where the waiting thread is interrupted; what has not ended goes on
     */
    public void drain(Duration window) throws InterruptedException {
        draining = true;
        long begun = System.nanoTime();
        var all = new ArrayList<>(subscriptions);
        Collections.shuffle(all, ThreadLocalRandom.current());
        for (int i = 0; i < all.size(); i++) {
            long due = (long) ((double) window.toNanos() * i / all.size());
            Thread.sleep(Duration.ofNanos(Math.max(0, due - (System.nanoTime() - begun))));
            all.get(i).close(new CloseReason.Draining(retryAfter()));
        }
        close(subscriber -> true, new CloseReason.Draining(retryAfter())); // what was opened in between
    }

    /** Ends all subscriptions of this process, and says that nobody is present here any more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        close(subscriber -> true, new CloseReason.Ended());
        checks.close();
        looks.close();
        presences.close();
        store.close();
    }

    private static Duration retryAfter() {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(SHORTEST_RETRY.toMillis(), LONGEST_RETRY.toMillis()));
    }

    private void close(Predicate<Subscriber> whose, CloseReason reason) {
        for (var subscription : subscriptions) {
            if (whose.test(subscription.subscriber())) {
                subscription.close(reason);
            }
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void hearRevocations() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("these channels are closed");
            }
            if (hearsRevocations) {
                return;
            }
            if (!followed.containsKey(Revocations.TOPIC)) {
                followed.put(Revocations.TOPIC, new Followed(revocations, 1));
                store.follow(Revocations.TOPIC);
            }
        } finally {
            lock.unlock();
        }
        revocations.begin();
        lock.lock();
        try {
            if (!hearsRevocations) {
                hearsRevocations = true;
                revocations.join(new Revocations(this::close));
                checks.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A subscription begins to use a topic. */
    Feed follow(Topic topic, Subscriber subscriber) {
        lock.lock();
        try {
            var before = followed.get(topic);
            var feed = before == null ? new Feed(topic, store, turns) : before.feed();
            followed.put(topic, new Followed(feed, before == null ? 1 : before.listeners() + 1));
            if (before == null) {
                store.follow(topic);
            }
            subscriber.user().ifPresent(user -> presences.arrived(new Presence(topic, user)));
            return feed;
        } finally {
            lock.unlock();
        }
    }

    /** A subscription uses a topic no more. */
    void unfollow(Feed feed, Subscriber subscriber) {
        var topic = feed.topic();
        lock.lock();
        try {
            subscriber.user().ifPresent(user -> presences.left(new Presence(topic, user)));
            followed.computeIfPresent(
                    topic, (of, use) -> use.listeners() == 1 ? null : new Followed(use.feed(), use.listeners() - 1));
            if (!followed.containsKey(topic)) {
                store.unfollow(topic);
            }
        } finally {
            lock.unlock();
        }
    }

    CatchUps catchUps() {
        return catchUps;
    }

    /** A subscription has ended. */
    void left(Subscription subscription) {
        subscriptions.remove(subscription);
        subscription.subscriber().user().ifPresent(user -> byUser.remove(user, subscription));
    }

    private Optional<Feed> feed(Topic topic) {
        lock.lock();
        try {
            return Optional.ofNullable(followed.get(topic)).map(Followed::feed);
        } finally {
            lock.unlock();
        }
    }

    private Collection<Feed> feeds() {
        lock.lock();
        try {
            return followed.values().stream().map(Followed::feed).toList();
        } finally {
            lock.unlock();
        }
    }
}
