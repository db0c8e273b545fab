package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Renews rights to load, while more are asked for or a loader runs, on a thread that ends with that. */
final class Renewal implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cache.class.getName());

    private final CacheStore store;
    private final Set<Load> held = ConcurrentHashMap.newKeySet();
    private final Duration lease;
    private final Thread thread;
    private volatile boolean over;

    private Renewal(CacheStore store, Collection<Load> loads, Duration lease) {
        this.store = store;
        held.addAll(loads);
        this.lease = lease;
        this.thread = Thread.ofVirtual().name("coatcheck-cache-renew").unstarted(this::renewUntilOver);
    }

    static Renewal begin(CacheStore store, Collection<Load> loads, Duration lease) {
        var renewal = new Renewal(store, loads, lease);
        renewal.thread.start();
        return renewal;
    }

    /** Renews these as well from now on. */
    void add(Collection<Load> granted) {
        held.addAll(granted);
    }

    private void renewUntilOver() {
        while (true) {
            LockSupport.parkNanos(lease.toNanos() / 3);
            if (over) {
                return;
            }
            var asked = Set.copyOf(held);
            if (asked.isEmpty()) {
                continue; // none was granted so far, or all was invalidated
            }
            try {
                var lost = new HashSet<>(asked);
                lost.removeAll(store.renewAll(asked, lease));
                held.removeAll(lost); // what is found for them is for who asked, and is not kept
            } catch (BackingServiceException e) {
                LOG.log(DEBUG, "cannot renew the right to load for now: {0}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.log(ERROR, "renewing the right to load failed; going on", e);
            }
        }
    }

    @Override
    public void close() {
        over = true;
        LockSupport.unpark(thread);
    }
}
