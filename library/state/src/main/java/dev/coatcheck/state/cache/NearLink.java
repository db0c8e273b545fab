package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a near cache true: hears of what was invalidated, and sends beats on a thread of its own, each of which proves,
 * when it comes back, that everything before it was heard of.
 */
final class NearLink implements Heard, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cache.class.getName());

    private final CacheStore store;
    private final String cache;
    private final NearCache near;
    private final Duration interval;
    private final String id = UUID.randomUUID().toString();
    private final Thread thread;
    private volatile boolean closed;
    /** A beat is wanted at once: a word to a thread that waits for the store would be lost. */
    private volatile boolean wanted;

    private Runnable end = () -> {};

    private NearLink(CacheStore store, String cache, NearCache near, NearSettings settings) {
        this.store = store;
        this.cache = cache;
        this.near = near;
        this.interval = settings.staleness().dividedBy(3);
        this.thread = Thread.ofVirtual().name("coatcheck-cache-beat").unstarted(this::beatUntilClosed);
    }

    static NearLink begin(CacheStore store, String cache, NearCache near, NearSettings settings) {
        var link = new NearLink(store, cache, near, settings);
        link.end = store.listen(link);
        link.thread.start();
        return link;
    }

    @Override
    public void changed(EntryKey key) {
        if (key.cache().equals(cache)) {
            near.changed(key.key());
        }
    }

    @Override
    public void tagChanged(String changed, String tag) {
        if (changed.equals(cache)) {
            near.tagChanged(tag);
        }
    }

    @Override
    public void gap() {
        near.gap();
        wanted = true; // from that beat on things are kept near again
        LockSupport.unpark(thread);
    }

    @Override
    public void beat(String beat) {
        if (beat.startsWith(id)) {
            near.proved(Long.parseLong(beat.substring(id.length() + 1)));
        }
    }

    private void beatUntilClosed() {
        while (!closed) {
            wanted = false;
            try {
                store.beat(id + " " + System.nanoTime());
            } catch (BackingServiceException e) {
                LOG.log(DEBUG, "no beat for the near cache \"{0}\": {1}", cache, e.getMessage());
            } catch (RuntimeException e) {
                LOG.log(ERROR, "sending a beat failed; going on", e);
            }
            if (!wanted) {
                LockSupport.parkNanos(interval.toNanos());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        wanted = true;
        LockSupport.unpark(thread);
        end.run();
    }
}
