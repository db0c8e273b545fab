package dev.coatcheck.contracts.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a client and a server on this machine: counts the round trips, and is as slow, as silent or as short of
 * breath as a network. What it does holds for all connections, those to come included, until it is told otherwise.
 * Thread-safe.
 *
 * <pre>{@code
 * try (var relay = Relay.to(server.tcpPort()); var redis = Redis.attach(relay.through(server.url()))) {
 *     relay.fallSilent();
 *     assertThatThrownBy(redis::ping).isInstanceOf(BackingServiceException.class);
 * }
 * }</pre>
 */
public final class Relay implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final List<Link> links = new CopyOnWriteArrayList<>();

    // All guarded by this.
    private Conduct conduct = Conduct.PASSES;
    private Duration delay = Duration.ZERO;
    private long lastRequest = System.nanoTime();
    private int trips;
    private boolean held;

    private enum Conduct {
        PASSES,
        HOLDS_ANSWERS,
        HOLDS_ALL,
        LOSES_ANSWERS,
        LOSES_REQUESTS
    }

    private Relay(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    public static Relay to(int serverPort) {
        try {
            var relay = new Relay(serverPort);
            Thread.ofVirtual().name("relay-accept").start(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server's URL, by way of this relay. */
    public String through(String url) {
        return url.replace(":" + serverPort, ":" + listener.getLocalPort());
    }

    /**
     * How many round trips there were, of all connections. One begins with the first byte that the client sends after the
     * server has spoken.
     */
    public synchronized int trips() {
        return trips;
    }

    /** Carries everything at once, as in the beginning; what was held arrives. */
    public synchronized void pass() {
        delay = Duration.ZERO;
        conduct(Conduct.PASSES);
    }

    /** Carries every piece later by this much, each way. */
    public synchronized void delay(Duration each) {
        delay = each;
    }

    /** Carries nothing, as a network that lost its way: nothing arrives, and nothing is refused. */
    public void fallSilent() {
        conduct(Conduct.HOLDS_ALL);
    }

    /** Lets the links that are open now carry nothing more, ever, without an end; new ones are as usual. */
    public void silenceOpenLinks() {
        links.forEach(link -> link.silent = true);
    }

    /** Carries requests, and keeps the answers back. */
    public void holdAnswers() {
        conduct(Conduct.HOLDS_ANSWERS);
    }

    /** Cuts a connection when its server answers: what was asked for is done, and the client does not learn of it. */
    public void loseAnswers() {
        conduct(Conduct.LOSES_ANSWERS);
    }

    /** Cuts a connection when its client asks: the server does not learn of it. */
    public void loseRequests() {
        conduct(Conduct.LOSES_REQUESTS);
    }

    /** Cuts every connection; what was held is lost. */
    public void cut() {
        links.forEach(Link::close);
        links.clear();
    }

    /**
     * Waits until something has been held back, since it was told to, and no client has sent anything for some time.
     *
     * @throws IllegalStateException where it takes longer than {@code limit}
     */
    public synchronized void awaitQuiet(Duration time, Duration limit) {
        long begun = System.nanoTime();
        try {
            while (!held || left(time) > 0) {
                long most = limit.toNanos() - (System.nanoTime() - begun);
                if (most <= 0) {
                    throw new IllegalStateException(
                            "there was no quiet within " + limit + (held ? "" : ": nothing came to be held back"));
                }
                wait((held ? Math.min(left(time), most) : most) / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for quiet", e);
        }
    }

    private long left(Duration time) {
        return time.toNanos() - (System.nanoTime() - lastRequest);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        pass();
    }

    private synchronized void conduct(Conduct next) {
        conduct = next;
        held = false;
        notifyAll();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                join(listener.accept());
            } catch (IOException e) {
                // Closed, or the server is not there: the client sees its connection end.
            }
        }
    }

    private void join(Socket client) throws IOException {
        try {
            var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            var link = new Link(client, server);
            links.add(link);
            Thread.ofVirtual().name("relay-to-server").start(() -> carry(link, client, server, true));
            Thread.ofVirtual().name("relay-to-client").start(() -> carry(link, server, client, false));
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private void carry(Link link, Socket from, Socket to, boolean request) {
        try (InputStream source = from.getInputStream();
                OutputStream sink = to.getOutputStream()) {
            var buffer = new byte[1 << 16];
            for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
                if (link.silent) {
                    continue;
                }
                if (!mayGoOn(link, request)) {
                    return;
                }
                sink.write(buffer, 0, count);
            }
        } catch (IOException | InterruptedException e) {
            // One end is gone, and so is the other.
        } finally {
            link.close();
            links.remove(link);
        }
    }

    /** Waits for as long as it takes. */
    private boolean mayGoOn(Link link, boolean request) throws InterruptedException {
        Duration pause;
        synchronized (this) {
            if (request) {
                lastRequest = System.nanoTime();
                trips += link.serverSpokeLast ? 1 : 0;
            }
            if (holds(request) && !held) {
                held = true;
                notifyAll();
            }
            while (holds(request)) {
                wait();
            }
            if (conduct == (request ? Conduct.LOSES_REQUESTS : Conduct.LOSES_ANSWERS)) {
                return false;
            }
            link.serverSpokeLast = !request;
            pause = delay;
        }
        Thread.sleep(pause);
        return true;
    }

    /** Guarded by this. */
    private boolean holds(boolean request) {
        return conduct == Conduct.HOLDS_ALL || (conduct == Conduct.HOLDS_ANSWERS && !request);
    }

    /** The two connections that are one to the client. */
    private static final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean silent;
        /** Guarded by the relay. */
        private boolean serverSpokeLast = true;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void close() {
            try {
                client.close();
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
