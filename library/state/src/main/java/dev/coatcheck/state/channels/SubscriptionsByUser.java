package dev.coatcheck.state.channels;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The subscriptions that each user has in this process, in the order in which they came. Thread-safe. */
final class SubscriptionsByUser {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, LinkedHashSet<Subscription>> byUser = new HashMap<>();

    /** @param most how many a user may have */
    SubscriptionsByUser(int most) {
        this.most = most;
    }

    /** Adds one; returns the oldest of its user, which is no longer counted, where they have one too many by that. */
    Optional<Subscription> add(String user, Subscription subscription) {
        lock.lock();
        try {
            var all = byUser.computeIfAbsent(user, name -> new LinkedHashSet<>());
            all.add(subscription);
            return all.size() > most ? Optional.of(all.removeFirst()) : Optional.empty();
        } finally {
            lock.unlock();
        }
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
