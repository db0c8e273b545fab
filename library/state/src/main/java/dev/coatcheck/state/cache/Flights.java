package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who, in this process, waits for an answer with whom: what one finds out, all who joined are told. Thread-safe. */
final class Flights<K> {
    private final Map<K, CompletableFuture<Answer>> flights = new ConcurrentHashMap<>();

    /** Finds the answer, and tells those who have joined or will join before it is found. */
    Answer lead(K key, Supplier<Answer> finding) {
        return find(key, flights.computeIfAbsent(key, any -> new CompletableFuture<>()), finding);
    }

    /**
     * Finds the answer if nobody does, and otherwise waits for who does.
     *
     * @return null where that takes too long
     * @throws InterruptedException where the waiting thread is interrupted
     */
    @Nullable
    Answer join(K key, Duration limit, Supplier<Answer> finding) throws InterruptedException {
        var ours = new CompletableFuture<Answer>();
        var others = flights.putIfAbsent(key, ours);
        if (others == null) {
            return find(key, ours, finding);
        }
        try {
            return others.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LoadFailedException failed
                    ? failed.again()
                    : new IllegalStateException("the load that was waited for failed", e.getCause());
        }
    }

    /** Whoever comes from now on does not join those of before. */
    void forgetAll() {
        flights.clear();
    }

    private Answer find(K key, CompletableFuture<Answer> flight, Supplier<Answer> finding) {
        try {
            var answer = finding.get();
            flight.complete(answer);
            return answer;
        } catch (RuntimeException | Error e) {
            flight.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, flight);
        }
    }
}
