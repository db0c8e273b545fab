package dev.coatcheck.redis;

import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what is published on a few channels, on a connection of its own. The driver connects and subscribes anew when the
 * connection was lost, also in silence: its keep-alive notices, as nothing is ever sent there.
 *
 * <p>Publishing reaches who listens at that moment. So whenever listening begins, anew too, anything may have been missed.
 */
final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());

    private final Connection connection;
    private final List<String> channels;
    private final Consumer<String> heard;
    private final Runnable begun;
    private @Nullable Driver driver;
    private boolean listening;
    private boolean closed;

    /**
     * @param channels all subscribed to at once; the first stands for all in the log
     * @param heard what to do with a message; on a thread of the driver, so quickly
     * @param begun what to do when listening begins; likewise
     */
    Listener(Connection connection, List<String> channels, Consumer<String> heard, Runnable begun) {
        this.connection = connection;
        this.channels = List.copyOf(channels);
        this.heard = heard;
        this.begun = begun;
    }

    /** Begins to listen, if nobody has; does not wait for it. Where the server is away, the next one who asks tries again. */
    synchronized void start() {
        if (listening || closed) {
            return;
        }
        if (driver == null) {
            driver = connection.another();
        }
        listening = true;
        var unused = driver.connectToListen().thenCompose(this::subscribe).exceptionally(this::failed);
    }

    private CompletionStage<Void> subscribe(StatefulRedisPubSubConnection<String, String> connected) {
        connected.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String message) {
                heard.accept(message);
            }

            @Override
            public void subscribed(String to, long count) {
                begun.run();
            }
        });
        return connected
                .async()
                .subscribe(channels.toArray(String[]::new))
                .exceptionallyCompose(failure ->
                        connected.closeAsync().thenCompose(closed -> CompletableFuture.failedFuture(failure)));
    }

    private synchronized @Nullable Void failed(Throwable failure) {
        listening = false;
        if (!closed) {
            LOG.log(
                    WARNING,
                    "not told by {0} what happens on {1}, for now: {2}",
                    connection.resource(),
                    channels.get(0),
                    failure.getMessage());
        }
        return null;
    }

    @Override
    public void close() {
        Driver ours;
        synchronized (this) {
            closed = true;
            ours = driver;
        }
        if (ours != null) {
            ours.close();
        }
    }
}
