package dev.coatcheck.formation.router;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one instance that wait for the next request on one event loop. The youngest is taken first, and
 * none grows older than its time to live, which is kept shorter than the application's own. All but {@link #close()}
 * are called on the loop's thread alone.
 */
final class IdleConnections {
    /** More than this at once are not worth their file descriptors. */
    private static final int MOST = 256;

    private record Idle(InstanceConnection connection, long since) {}

    private final EventLoop loop;
    private final long timeToLive;
    private final ArrayDeque<Idle> youngestLast = new ArrayDeque<>();
    private volatile boolean closed;

    IdleConnections(EventLoop loop, Duration timeToLive) {
        this.loop = loop;
        this.timeToLive = timeToLive.toNanos();
    }

    @Nullable
    InstanceConnection take(long now) {
        Idle idle = youngestLast.pollLast();
        while (idle != null) {
            if (isUsable(idle, now)) {
                return idle.connection();
            }
            idle.connection().closeAtOnce();
            idle = youngestLast.pollLast();
        }
        return null;
    }

    /**
     * Keeps a connection, once the thread has done what it has been given before: there, Undertow finds that the
     * instance has sent more than its response, and closes the connection for that.
     */
    void put(InstanceConnection connection) {
        try {
            loop.execute(() -> keep(connection, System.nanoTime()));
        } catch (RejectedExecutionException loopEnded) {
            connection.closeAtOnce();
        }
    }

    private void keep(InstanceConnection connection, long now) {
        if (closed || youngestLast.size() >= MOST || !connection.isOpen()) {
            connection.closeAtOnce();
        } else {
            youngestLast.addLast(new Idle(connection, now));
        }
    }

    /** Closes those that have grown too old, and forgets those that the instance closed. */
    void expire(long now) {
        youngestLast.removeIf(idle -> {
            if (isUsable(idle, now)) {
                return false;
            }
            idle.connection().closeAtOnce();
            return true;
        });
    }

    /** Closes all, soon, and every one that is put from now on. May be called on any thread. */
    void close() {
        closed = true;
        try {
            loop.execute(() -> {
                youngestLast.forEach(idle -> idle.connection().closeAtOnce());
                youngestLast.clear();
            });
        } catch (RejectedExecutionException loopEnded) {
            // The router was closed, and its connections with it.
        }
    }

    private boolean isUsable(Idle idle, long now) {
        return idle.connection().isOpen() && now - idle.since() < timeToLive;
    }
}
