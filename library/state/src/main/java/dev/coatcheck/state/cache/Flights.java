package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who, in this process, waits for an answer with whom: what one finds out, all who joined are told. Who finds several
 * answers at once waits for nobody before they are found, so that nobody waits in a circle. Thread-safe.
 */
final class Flights {
    private final Map<Load, CompletableFuture<Optional<Answer>>> flights = new ConcurrentHashMap<>();

    /** Finds the answers, and tells those who have joined or will join before they are found. */
    Map<EntryKey, Answer> lead(Collection<Load> loads, Supplier<Map<EntryKey, Answer>> finding) {
        var led = new LinkedHashMap<Load, CompletableFuture<Optional<Answer>>>();
        for (var load : loads) {
            led.put(load, flights.computeIfAbsent(load, any -> new CompletableFuture<>()));
        }
        return find(led, finding);
    }

    /**
     * Finds the answers that nobody finds, and then waits for who finds the others.
     *
     * @param finding is given those to find, if there are any
     * @param limit for all in all
     * @return without those that were not found, or not within the limit
     * @throws InterruptedException where the waiting thread is interrupted
     */
    Map<EntryKey, Answer> join(
            Collection<Load> loads, Duration limit, Function<List<Load>, Map<EntryKey, Answer>> finding)
            throws InterruptedException {
        long begun = System.nanoTime();
        var ours = new LinkedHashMap<Load, CompletableFuture<Optional<Answer>>>();
        var others = new LinkedHashMap<Load, CompletableFuture<Optional<Answer>>>();
        for (var load : loads) {
            var flight = new CompletableFuture<Optional<Answer>>();
            var known = flights.putIfAbsent(load, flight);
            if (known == null) {
                ours.put(load, flight);
            } else {
                others.put(load, known);
            }
        }
        var answers = new HashMap<EntryKey, Answer>();
        if (!ours.isEmpty()) {
            answers.putAll(find(ours, () -> finding.apply(List.copyOf(ours.keySet()))));
        }
        answers.putAll(await(others, begun, limit));
        return answers;
    }

    /**
     * Waits for those answers that somebody finds now.
     *
     * @param limit for all in all
     * @return without those that nobody finds, that were not found, or not within the limit
     * @throws InterruptedException where the waiting thread is interrupted
     */
    Map<EntryKey, Answer> awaitKnown(Collection<Load> loads, Duration limit) throws InterruptedException {
        long begun = System.nanoTime();
        var known = new LinkedHashMap<Load, CompletableFuture<Optional<Answer>>>();
        for (var load : loads) {
            var flight = flights.get(load);
            if (flight != null) {
                known.put(load, flight);
            }
        }
        return await(known, begun, limit);
    }

    private static Map<EntryKey, Answer> await(
            Map<Load, CompletableFuture<Optional<Answer>>> others, long begun, Duration limit)
            throws InterruptedException {
        var answers = new HashMap<EntryKey, Answer>();
        for (var other : others.entrySet()) {
            long left = limit.toNanos() - (System.nanoTime() - begun);
            try {
                other.getValue()
                        .get(Math.max(0, left), TimeUnit.NANOSECONDS)
                        .ifPresent(answer -> answers.put(other.getKey().key(), answer));
            } catch (TimeoutException e) {
                // Then it is not among the answers.
            } catch (ExecutionException e) {
                throw e.getCause() instanceof LoadFailedException failed
                        ? failed.of(other.getKey().key())
                        : new IllegalStateException("the load that was waited for failed", e.getCause());
            }
        }
        return answers;
    }

    /** Whoever comes from now on does not join those of before. */
    void forgetAll() {
        flights.clear();
    }

    private Map<EntryKey, Answer> find(
            Map<Load, CompletableFuture<Optional<Answer>>> led, Supplier<Map<EntryKey, Answer>> finding) {
        try {
            var answers = finding.get();
            led.forEach((load, flight) -> flight.complete(Optional.ofNullable(answers.get(load.key()))));
            return answers;
        } catch (RuntimeException | Error e) {
            led.values().forEach(flight -> flight.completeExceptionally(e));
            throw e;
        } finally {
            led.forEach(flights::remove);
        }
    }
}
