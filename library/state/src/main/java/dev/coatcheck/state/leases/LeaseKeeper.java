package dev.coatcheck.state.leases;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Renews all the leases that are held here, and notices those whose time is over.
 *
 * <p>Two threads, because a store that hangs holds up the one that asks it for longer than a lease may last. They run
 * while something is held and end by themselves.
 */
final class LeaseKeeper {
    private static final System.Logger LOG = System.getLogger(Leases.class.getName());

    private final LeaseStore store;
    private final Duration duration;
    private final Set<Lease> held = new LinkedHashSet<>();
    private @Nullable Thread renewer;
    private @Nullable Thread watcher;

    LeaseKeeper(LeaseStore store, Duration duration) {
        this.store = store;
        this.duration = duration;
    }

    /** How long a lease is believed in: a tenth of its duration is left for stopping. */
    long trustedNanos() {
        return duration.toNanos() / 10 * 9;
    }

    synchronized void keep(Lease lease) {
        held.add(lease);
        if (renewer == null) {
            renewer = Thread.ofVirtual().name("lease-renew").start(this::renewWhileHeld);
        }
        if (watcher == null) {
            watcher = Thread.ofVirtual().name("lease-watch").start(this::watchWhileHeld);
        }
        LockSupport.unpark(watcher); // this one may end before those that it knows of
    }

    boolean release(Lease lease) {
        forget(lease);
        return store.release(lease.grant());
    }

    synchronized List<Lease> held() {
        return List.copyOf(held);
    }

    private synchronized void forget(Lease lease) {
        held.remove(lease);
    }

    private void renewWhileHeld() {
        boolean renewed = true;
        while (true) {
            LockSupport.parkNanos(duration.toNanos() / (renewed ? 3 : 10));
            List<Lease> now;
            synchronized (this) {
                if (held.isEmpty()) {
                    renewer = null;
                    return;
                }
                now = held();
            }
            renewed = renew(now, renewed ? WARNING : DEBUG);
        }
    }

    private boolean renew(List<Lease> leases, Level trouble) {
        long asked = System.nanoTime();
        try {
            var kept = store.renew(leases.stream().map(Lease::grant).toList(), duration);
            for (var lease : leases) {
                if (kept.contains(lease.grant())) {
                    lease.renewed(asked);
                } else {
                    lease.lost();
                }
            }
            return true;
        } catch (BackingServiceException e) {
            LOG.log(trouble, "cannot renew {0} leases for now: {1}", leases.size(), e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.log(ERROR, "renewing leases failed; going on", e);
            return false;
        }
    }

    private void watchWhileHeld() {
        while (true) {
            long next = trustedNanos();
            synchronized (this) {
                for (var lease : held()) {
                    long left = lease.remaining().toNanos();
                    if (left > 0) {
                        next = Math.min(next, left);
                    } else {
                        held.remove(lease);
                    }
                }
                if (held.isEmpty()) {
                    watcher = null;
                    return;
                }
            }
            LockSupport.parkNanos(next);
        }
    }
}
