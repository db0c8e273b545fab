package dev.coatcheck.state.channels;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The subscriptions that each user has in this process, in the order in which they came. Thread-safe. */
final class SubscriptionsByUser {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, LinkedHashSet<Subscription>> byUser = new HashMap<>();

    /** Who gives up a place, and is no longer counted. */
    record Ousted(Subscription subscription, CloseReason reason) {}

    /** @param most how many a user may have */
    SubscriptionsByUser(int most) {
        this.most = most;
    }

    /** Adds one, in the place of its client's predecessor, or else of the oldest where its user has one too many by that. */
    Optional<Ousted> add(String user, Subscription subscription) {
        lock.lock();
        try {
            var all = byUser.computeIfAbsent(user, name -> new LinkedHashSet<>());
            var predecessor = predecessor(all, subscription);
            predecessor.ifPresent(all::remove);
            all.add(subscription);
            if (predecessor.isPresent()) {
                return Optional.of(new Ousted(predecessor.get(), new CloseReason.Ended()));
            }
            return all.size() > most
                    ? Optional.of(new Ousted(all.removeFirst(), new CloseReason.TooMany()))
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<Subscription> predecessor(Set<Subscription> all, Subscription subscription) {
        var client = subscription.subscriber().client();
        return all.stream()
                .filter(other ->
                        client.isPresent() && other.subscriber().client().equals(client) && !other.equals(subscription))
                .findAny();
    }

    void remove(String user, Subscription subscription) {
        lock.lock();
        try {
            byUser.computeIfPresent(user, (name, all) -> {
                all.remove(subscription);
                return all.isEmpty() ? null : all;
            });
        } finally {
            lock.unlock();
        }
    }
}
