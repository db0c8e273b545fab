package dev.coatcheck.host.service;

import dev.coatcheck.host.process.ExitStatus;
import java.util.concurrent.CompletableFuture;

/**
 * A server that runs on this machine as a child of this JVM, bound to 127.0.0.1.
 *
 * <p>It is given out started. It can be stopped or killed, and started again with the same data on the same TCP port, so
 * that its URL stays true. All methods are thread-safe; each takes the time that the server takes, within the limits
 * that the implementations name, and an interrupt does not shorten a stop.
 */
public sealed interface BackingServer extends AutoCloseable permits LocalServer {
    /** Where clients reach it, credentials included but for the object store, whose URLs have no place for them. */
    String url();

    int tcpPort();

    /** The server's own version, as it or its package tells: {@code 18.6}. */
    String version();

    /** Completes when the run that was started last has ended, by whatever reason; the data stays. */
    CompletableFuture<ExitStatus> onExit();

    /**
     * Starts it and waits until it answers; does nothing while it runs.
     *
     * @throws ServerStartException if it does not come up, with the last lines of its log
     * @throws IllegalStateException if it was closed
     */
    void start();

    /** Ends it in its own orderly way, by force at the limit; nothing that was committed is lost. */
    void stop();

    /** Ends it with SIGKILL, as a fault; what was committed is there at the next start. */
    void kill();

    /**
     * Makes it as empty as at its first start, under the same URL; clients lose their connections. For PostgreSQL, Redis,
     * Memcached some tenths of a second.
     *
     * @throws ServerStartException if it does not come up again
     * @throws IllegalStateException if it does not run
     */
    void wipe();

    /** Stops it for good and gives its home free for another owner. */
    @Override
    void close();
}
