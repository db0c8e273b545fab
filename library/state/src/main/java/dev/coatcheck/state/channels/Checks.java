package dev.coatcheck.state.channels;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Asks again and again, on one thread, whether this process was told of everything. */
final class Checks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Channels.class.getName());

    private final ChannelStore store;
    private final Duration interval;
    private final Supplier<Collection<Feed>> feeds;
    private final Thread thread =
            Thread.ofVirtual().name("coatcheck-channels-check").unstarted(this::run);
    private boolean started;
    private volatile boolean closed;

    Checks(ChannelStore store, Duration interval, Supplier<Collection<Feed>> feeds) {
        this.store = store;
        this.interval = interval;
        this.feeds = feeds;
    }

    /** Begins, if nobody has. */
    synchronized void start() {
        if (!started && !closed) {
            started = true;
            thread.start();
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(interval.toNanos());
            try {
                check(List.copyOf(feeds.get()));
            } catch (BackingServiceException e) {
                LOG.log(WARNING, "messages may be late: {0}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.log(ERROR, "a check of the topics failed; going on", e);
            }
        }
    }

    private void check(List<Feed> followed) {
        if (closed || followed.isEmpty()) {
            return;
        }
        var heads = store.heads(followed.stream().map(Feed::topic).toList());
        for (int i = 0; i < followed.size(); i++) {
            if (!heads.get(i).equals(followed.get(i).position())) {
                followed.get(i).readOn();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
