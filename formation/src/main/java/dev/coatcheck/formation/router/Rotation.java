package dev.coatcheck.formation.router;

import dev.coatcheck.formation.router.Quarantine.Standing;
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
     * Chooses an instance that is not among those tried, and counts the request in. An instance in quarantine is chosen
     * only where no other is left; one on probation is chosen at once, so that it is back as soon as it can be.
     *
     * @param repeatable whether the request could be sent to another instance should the chosen one fail
     */
    @Nullable
    Upstream choose(Collection<Upstream> tried, boolean forTunnel, boolean repeatable, long now) {
        int offset = turn.getAndIncrement();
        while (true) {
            Upstream best = best(ready, offset, tried, forTunnel, repeatable, now);
            if (best == null) {
                return null;
            }
            if (best.enter()) {
                if (best.quarantine().standing(now, repeatable) == Standing.ON_PROBATION) {
                    best.quarantine().probed(now);
                }
                return best;
            }
        }
    }

    private static @Nullable Upstream best(
            List<Upstream> ready,
            int offset,
            Collection<Upstream> tried,
            boolean forTunnel,
            boolean repeatable,
            long now) {
        Upstream best = null;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ready.size(); i++) {
            Upstream candidate = ready.get(Math.floorMod(offset + i, ready.size()));
            if (candidate.isRemoved() || tried.contains(candidate)) {
                continue;
            }
            long load = burden(candidate, forTunnel, repeatable, now);
            if (load < least) {
                best = candidate;
                least = load;
            }
        }
        return best;
    }

    /** Quarantine outweighs tunnels, and tunnels (where they matter) outweigh requests in flight. */
    private static long burden(Upstream upstream, boolean forTunnel, boolean repeatable, long now) {
        long tunnels = forTunnel ? (long) upstream.tunnels() << 30 : 0;
        long load = tunnels + upstream.inFlight();
        return switch (upstream.quarantine().standing(now, repeatable)) {
            case TRUSTED -> load;
            case ON_PROBATION -> -1;
            case AVOIDED -> (1L << 60) + load;
        };
    }
}
