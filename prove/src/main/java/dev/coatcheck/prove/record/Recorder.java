package dev.coatcheck.prove.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A proxy in front of one instance of an application, on loopback, that keeps what goes through: HTTP/1.1, each body up to 32
 * MiB and 256 MiB of all, and 10 000 requests. What goes over a WebSocket goes through and is not kept.
 *
 * <p>Thread-safe. It has a thread for each connection, 200 at most.
 *
 * {@snippet :
 * try (Recorder recorder = Recorder.before(URI.create("http://127.0.0.1:5000"), 0)) {
 *     // … requests to recorder.address() …
 *     recorder.write(Path.of("login.har"));
 * }
 * }
 */
public final class Recorder implements AutoCloseable {
    private static final int MOST_EXCHANGES = 10_000;
    private static final long MOST_BYTES = 256L << 20;
    private static final int MOST_CONNECTIONS = 200;
    private static final int BACKLOG = 128;

    private final ServerSocket listening;
    private final InetSocketAddress application;
    private final URI address;
    private final List<RecordedExchange> exchanges = new ArrayList<>();
    private final AtomicLong budget = new AtomicLong(MOST_BYTES);
    private final Set<RecordedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private long dropped;

    private Recorder(ServerSocket listening, URI application) {
        this.listening = listening;
        this.application = new InetSocketAddress(application.getHost(), application.getPort());
        this.address = URI.create("http://localhost:" + listening.getLocalPort());
    }

    /**
     * Begins to listen on loopback.
     *
     * @param port 0 for any that is free
     * @throws IOException if the TCP port is taken
     */
    public static Recorder before(URI application, int port) throws IOException {
        ServerSocket listening = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        Recorder recorder = new Recorder(listening, application);
        Thread.ofPlatform().daemon().name("recorder").start(recorder::listen);
        return recorder;
    }

    /** Where requests are to go. */
    public URI address() {
        return address;
    }

    private void listen() {
        while (!listening.isClosed()) {
            try {
                free.acquire();
                Socket client = listening.accept();
                Thread.ofVirtual().name("recorder-connection").start(() -> serve(client));
            } catch (IOException e) {
                free.release(); // closed, or a connection that ended before it was accepted
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                RecordedConnection connection =
                        new RecordedConnection(client, application, address.toString(), budget, this::keep)) {
            connections.add(connection);
            try {
                connection.serve();
            } finally {
                connections.remove(connection);
            }
        } catch (IOException e) {
            // Either side may go whenever it likes; the client sees the end of its connection, as it would without us.
        } finally {
            free.release();
        }
    }

    private synchronized void keep(RecordedExchange exchange) {
        if (exchanges.size() < MOST_EXCHANGES) {
            exchanges.add(exchange);
        } else {
            dropped++;
        }
    }

    /** How many requests were kept. */
    public synchronized int size() {
        return exchanges.size();
    }

    /** What could not be kept, in sentences. */
    public synchronized List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (dropped > 0) {
            notes.add(dropped + " requests were not recorded: more than " + MOST_EXCHANGES + " are not kept");
        }
        long cut = exchanges.stream()
                .filter(exchange ->
                        !exchange.sent().isComplete() || !exchange.received().isComplete())
                .count();
        if (cut > 0) {
            notes.add("the bodies of " + cut + " requests or answers were too large to be kept");
        }
        return notes;
    }

    /**
     * Writes what was kept so far as a HAR that its owner alone can read: it holds cookies and whatever else went through.
     *
     * @throws IOException if the file cannot be written; what was there before is still there then
     */
    public void write(Path file) throws IOException {
        List<RecordedExchange> kept;
        synchronized (this) {
            kept = exchanges.stream()
                    .sorted(Comparator.comparing(RecordedExchange::at))
                    .toList();
        }
        HarWriter.write(kept, file);
    }

    /** Ends all connections. What was kept can still be written. */
    @Override
    public void close() {
        try {
            listening.close();
            for (RecordedConnection connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the recorder could not be closed", e);
        }
    }
}
