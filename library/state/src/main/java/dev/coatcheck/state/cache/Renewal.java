package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/** Renews the rights to load while a loader runs, on a thread that ends with it. */
final class Renewal implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cache.class.getName());

    private final CacheStore store;
    private final Collection<Load> loads;
    private final Duration lease;
    private final Thread thread;
    private volatile boolean over;

    private Renewal(CacheStore store, Collection<Load> loads, Duration lease) {
        this.store = store;
        this.loads = loads;
        this.lease = lease;
        this.thread = Thread.ofVirtual().name("coatcheck-cache-renew").unstarted(this::renewUntilOver);
    }

    static Renewal begin(CacheStore store, Collection<Load> loads, Duration lease) {
        var renewal = new Renewal(store, loads, lease);
        renewal.thread.start();
        return renewal;
    }

    private void renewUntilOver() {
        var held = loads;
        while (true) {
            LockSupport.parkNanos(lease.toNanos() / 3);
            if (over) {
                return;
            }
            try {
                held = store.renewAll(held, lease);
                if (held.isEmpty()) {
                    return; // all was invalidated; what the loader finds is for who asked, and is not kept
                }
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
