package dev.coatcheck.redis;

import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hears what is published on channels that come and go, on a connection of its own, made when the first comes. The driver
 * connects anew, and to those channels that it had; what it does not make good, and a link that has gone silent, is made
 * good by {@link #check()}.
 */
final class TopicListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TopicListener.class.getName());

    private final Connection connection;
    private final Heard heard;
    private final SilentLink link = new SilentLink();

    // All guarded by this.
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Set<String> subscribed = new HashSet<>();

    /** When it was asked for a channel that has not begun; what is asked for is not asked for again for a while. */
    private final Map<String, Long> asked = new HashMap<>();

    private @Nullable Driver driver;
    private @Nullable StatefulRedisPubSubConnection<String, String> connected;
    private boolean connecting;
    private boolean closed;

    /** Who is told; on a thread of the driver, so quickly. */
    interface Heard {
        void heard(String channel, String message);

        /** It is listened to this channel, now or again: what came before may have been missed. */
        void begun(String channel);
    }

    TopicListener(Connection connection, Heard heard) {
        this.connection = connection;
        this.heard = heard;
    }

    /** Begins to listen; does not wait for it. */
    synchronized void add(String channel) {
        wanted.add(channel);
        if (connected == null) {
            connect();
        } else {
            subscribe(connected, Set.of(channel));
        }
    }

    /** Ends to listen; does not wait for it. */
    synchronized void remove(String channel) {
        wanted.remove(channel);
        asked.remove(channel);
        if (connected != null) {
            var unused = connected.async().unsubscribe(channel);
        }
    }

    /**
     * Mends what an outage has left undone, and closes a link that has not answered to the last check, upon which the driver
     * connects anew. Does not wait.
     */
    synchronized void check() {
        if (connected == null) {
            if (!wanted.isEmpty()) {
                connect();
            }
            return;
        }
        link.closeSilent(connection.timeout());
        var missing = new LinkedHashSet<>(wanted);
        missing.removeAll(subscribed);
        missing.removeIf(this::isUnderWay);
        subscribe(connected, missing);
        var extra = new LinkedHashSet<>(subscribed);
        extra.removeAll(wanted);
        if (!extra.isEmpty()) {
            var unused = connected.async().unsubscribe(extra.toArray(String[]::new));
        }
        var unused = connected.async().ping();
    }

    private void connect() {
        if (connecting || closed) {
            return;
        }
        connecting = true;
        if (driver == null) {
            driver = connection.another(link);
        }
        var unused = driver.connectToListen().whenComplete((fresh, failure) -> {
            if (failure == null) {
                use(fresh);
            } else {
                failed(failure);
            }
        });
    }

    private synchronized void use(StatefulRedisPubSubConnection<String, String> fresh) {
        connecting = false;
        fresh.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                heard.heard(channel, message);
            }

            @Override
            public void subscribed(String channel, long count) {
                listens(channel, true);
                heard.begun(channel);
            }

            @Override
            public void unsubscribed(String channel, long count) {
                listens(channel, false);
            }
        });
        connected = fresh;
        subscribe(fresh, wanted);
    }

    /** A question that went down with its connection is asked again by the check after the time-out. */
    private boolean isUnderWay(String channel) {
        var since = asked.get(channel);
        return since != null && System.nanoTime() - since < connection.timeout().toNanos();
    }

    private void subscribe(StatefulRedisPubSubConnection<String, String> to, Set<String> channels) {
        if (!channels.isEmpty()) {
            long now = System.nanoTime();
            channels.forEach(channel -> asked.put(channel, now));
            var unused = to.async().subscribe(channels.toArray(String[]::new));
        }
    }

    private synchronized void listens(String channel, boolean now) {
        if (now) {
            asked.remove(channel);
            subscribed.add(channel);
        } else {
            subscribed.remove(channel);
        }
    }

    private synchronized void failed(Throwable failure) {
        connecting = false;
        if (!closed) {
            LOG.log(
                    WARNING,
                    "not told by {0} of messages, which are late for now: {1}",
                    connection.resource(),
                    failure.getMessage());
        }
    }

    @Override
    public void close() {
        Driver ours;
        synchronized (this) {
            closed = true;
            wanted.clear();
            ours = driver;
            driver = null;
        }
        if (ours != null) {
            ours.close();
        }
    }
}
