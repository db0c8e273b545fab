package dev.coatcheck.formation.router;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a router counts, without a lock for any request. Safe for use by several threads. */
final class Metrics {

    /** The requests of one instance by the first digit of their status; outlives it, since its successor has its name. */
    static final class Requests {
        private static final int CLASSES = 6;

        private final LongAdder[] byClass = new LongAdder[CLASSES];

        private Requests() {
            for (int i = 0; i < CLASSES; i++) {
                byClass[i] = new LongAdder();
            }
        }

        void count(int status) {
            byClass[Math.clamp(status / 100, 0, CLASSES - 1)].increment();
        }

        private Map<String, Long> snapshot() {
            Map<String, Long> counts = new TreeMap<>();
            for (int i = 1; i < CLASSES; i++) {
                long count = byClass[i].sum();
                if (count > 0) {
                    counts.put(i + "xx", count);
                }
            }
            return counts;
        }
    }

    private final Map<String, Requests> requests = new ConcurrentHashMap<>();
    private final Requests withoutInstance = of("");
    final LongAdder held = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder ejections = new LongAdder();
    final LongAdder incomplete = new LongAdder();
    final LongAdder tunnelsOpened = new LongAdder();
    final LongAdder tunnelsClosed = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();

    /** The counters of an instance of this name. */
    Requests of(String instance) {
        return requests.computeIfAbsent(instance, name -> new Requests());
    }

    /**
     * Counts a request that is over.
     *
     * @param instance that was asked last; null where none was
     */
    void count(Access access, @Nullable Upstream instance) {
        (instance == null ? withoutInstance : instance.answered()).count(access.status());
        bytesReceived.add(access.bytesReceived());
        bytesSent.add(access.bytesSent());
        if (access.attempts() > 1) {
            retries.add(access.attempts() - 1);
        }
        if (!access.complete()) {
            incomplete.increment();
        }
    }

    RouterMetrics snapshot(long underWay, int heldNow) {
        Map<String, Map<String, Long>> byInstance = new TreeMap<>();
        requests.forEach((instance, counts) -> {
            Map<String, Long> snapshot = counts.snapshot();
            if (!snapshot.isEmpty()) {
                byInstance.put(instance, snapshot);
            }
        });
        long closed = tunnelsClosed.sum();
        long opened = tunnelsOpened.sum();
        long tunnels = Math.max(0, opened - closed);
        return new RouterMetrics(
                byInstance,
                Math.max(0, underWay - tunnels),
                heldNow,
                held.sum(),
                retries.sum(),
                ejections.sum(),
                incomplete.sum(),
                tunnels,
                opened,
                bytesReceived.sum(),
                bytesSent.sum());
    }
}
