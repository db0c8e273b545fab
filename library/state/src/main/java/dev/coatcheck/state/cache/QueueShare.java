package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * For adapters: the part of a connection's queue that a cache may fill, where other ports use the same connection. A cache
 * asks for hundreds of keys at once, and a server that is slow would have a few such calls fill the queue, and refuse a
 * session. Here they wait for one another instead.
 *
 * <p>A place is taken until its request is answered or has failed, whether somebody still waits for that or not, but not for
 * long without either: a driver may lose a request together with its connection, and a link that went silent may have
 * nobody left who waits. Who comes first is served first. Thread-safe.
 */
public final class QueueShare {
    private final int places;
    private final Duration longest;
    private final Semaphore free;
    private final Set<Place> taken = ConcurrentHashMap.newKeySet();
    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());

    private record Place(CompletableFuture<?> answer, long since) {}

    /**
     * @param places how many requests may be without an answer at any time
     * @param longest after this a request without an answer has failed; whoever sends next finds that
     */
    public QueueShare(int places, Duration longest) {
        this.places = places;
        this.longest = longest;
        this.free = new Semaphore(places, true);
    }

    /** How many requests are without an answer now. */
    public int taken() {
        return places - free.availablePermits();
    }

    /**
     * Sends requests together, once there is a place for each of them.
     *
     * @param requests each sends one; not more than there are places. Where one throws, those after it are not sent
     * @param limit how long to wait for places; nothing is sent where it is over already
     * @throws TimeoutException where that takes longer; then nothing was sent
     * @throws InterruptedException where the waiting thread is interrupted; then nothing was sent
     */
    public <T> List<CompletableFuture<T>> send(Collection<Supplier<CompletableFuture<T>>> requests, Duration limit)
            throws TimeoutException, InterruptedException {
        if (requests.size() > places) {
            throw new IllegalArgumentException(
                    "%d requests do not fit into %d places".formatted(requests.size(), places));
        }
        giveUpLost();
        if (!limit.isPositive() || !free.tryAcquire(requests.size(), limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException(
                    "the cache waits for answers to %d requests already, and had no place for %d more within %d ms"
                            .formatted(taken(), requests.size(), Math.max(0, limit.toMillis())));
        }
        var answers = new ArrayList<CompletableFuture<T>>(requests.size());
        int left = requests.size();
        try {
            for (var request : requests) {
                left--;
                answers.add(sendInPlace(request));
            }
        } finally {
            free.release(left); // of what was not sent, where one threw
        }
        return answers;
    }

    /** Sends, without waiting, as many of some requests as there are places for: what may be lost. */
    public <T> void tell(Collection<Supplier<CompletableFuture<T>>> requests) {
        giveUpLost();
        for (var request : requests) {
            if (!free.tryAcquire()) {
                return;
            }
            var unused = sendInPlace(request);
        }
    }

    /** In a place that is taken for it. */
    private <T> CompletableFuture<T> sendInPlace(Supplier<CompletableFuture<T>> request) {
        CompletableFuture<T> answer;
        try {
            answer = request.get();
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
        var place = new Place(answer, System.nanoTime());
        taken.add(place);
        var unused = answer.whenComplete((result, failure) -> {
            taken.remove(place);
            free.release();
        });
        return answer;
    }

    /** Looked for now and then, which costs less than a timer for each. */
    private void giveUpLost() {
        long now = System.nanoTime();
        long before = lookedAt.get();
        if (now - before < longest.toNanos() / 4 || !lookedAt.compareAndSet(before, now)) {
            return;
        }
        for (var place : taken) {
            if (now - place.since > longest.toNanos()) {
                place.answer.completeExceptionally(
                        new TimeoutException("no answer within " + longest.toMillis() + " ms"));
            }
        }
    }
}
