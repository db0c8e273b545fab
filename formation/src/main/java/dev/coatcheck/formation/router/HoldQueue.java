package dev.coatcheck.formation.router;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests that wait for an instance, in the order of their arrival. Bounded; each request watches its own age.
 * Safe for use by several threads.
 */
final class HoldQueue {
    private final int limit;
    private final Set<Forwarding> waiting = new LinkedHashSet<>();

    HoldQueue(int limit) {
        this.limit = limit;
    }

    /** Returns false where the queue is full. */
    synchronized boolean offer(Forwarding forwarding) {
        return waiting.size() < limit && waiting.add(forwarding);
    }

    /** Returns whether the request was still waiting. */
    synchronized boolean remove(Forwarding forwarding) {
        return waiting.remove(forwarding);
    }

    synchronized int size() {
        return waiting.size();
    }

    /** Lets all go on, in order. */
    void release() {
        List<Forwarding> released;
        synchronized (this) {
            released = List.copyOf(waiting);
            waiting.clear();
        }
        released.forEach(Forwarding::released);
    }
}
