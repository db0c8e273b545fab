package dev.coatcheck.formation.router;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The instances that are ready, and whose turn it is.
 *
 * <p>The one with the fewest requests in flight is chosen; among equals, the next in turn, so that a quiet formation
 * uses every instance. Tunnels live long, so a new one goes to where the fewest tunnels are: counting them against
 * ordinary requests would send every request to the newest instance. Nothing about a client is ever remembered.
 *
 * <p>Choosing takes no lock: the list is replaced, not changed.
 */
final class Rotation {
    private volatile List<Upstream> ready = List.of();
    private final AtomicInteger turn = new AtomicInteger();

    synchronized void add(Upstream upstream) {
        ready = Stream.concat(ready.stream(), Stream.of(upstream)).toList();
    }

    synchronized void remove(Upstream upstream) {
        ready = ready.stream().filter(other -> other != upstream).toList();
    }

    List<Upstream> ready() {
        return ready;
    }

    /**
     * Chooses an instance that is not among those tried, and counts the request in. An instance that lately refused a
     * connection is chosen only where no other is left.
     */
    @Nullable
    Upstream choose(Collection<Upstream> tried, boolean forTunnel, long now) {
        int offset = turn.getAndIncrement();
        while (true) {
            Upstream best = best(ready, offset, tried, forTunnel, now);
            if (best == null || best.enter()) {
                return best;
            }
        }
    }

    private static @Nullable Upstream best(
            List<Upstream> ready, int offset, Collection<Upstream> tried, boolean forTunnel, long now) {
        Upstream best = null;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ready.size(); i++) {
            Upstream candidate = ready.get(Math.floorMod(offset + i, ready.size()));
            if (candidate.isRemoved() || tried.contains(candidate)) {
                continue;
            }
            long load = burden(candidate, forTunnel, now);
            if (load < least) {
                best = candidate;
                least = load;
            }
        }
        return best;
    }

    /** Quarantine outweighs tunnels, and tunnels (where they matter) outweigh requests in flight. */
    private static long burden(Upstream upstream, boolean forTunnel, long now) {
        long quarantined = upstream.isQuarantined(now) ? 1L << 60 : 0;
        long tunnels = forTunnel ? (long) upstream.tunnels() << 30 : 0;
        return quarantined + tunnels + upstream.inFlight();
    }
}
