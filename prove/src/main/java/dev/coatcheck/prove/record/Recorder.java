package dev.coatcheck.prove.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy in front of one instance of an application, on loopback, that keeps what goes through: HTTP/1.1, each body up to 32
 * MiB and 256 MiB of all, and 10 000 requests; of each WebSocket 10 000 messages.
 *
 * <p>Thread-safe. It has a thread for each connection, 1000 at most.
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
    private static final long MOST_BYTES =
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
    private static final int MOST_CONNECTIONS = 1000;
    private static final int BACKLOG = 128;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);

    private final List<ServerSocket> listening;
    private final InetSocketAddress application;
    private final URI address;
    private final List<RecordedExchange> exchanges = new ArrayList<>();

    /** Requests have a part of their own: a step without its body is worse than one whose answer is not known. */
    private final AtomicLong requests = new AtomicLong(MOST_BYTES / 4);

    private final AtomicLong answers = new AtomicLong(MOST_BYTES - MOST_BYTES / 4);
    private final Set<RecordedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private long dropped;

    private Recorder(List<ServerSocket> listening, URI application) {
        this.listening = listening;
        this.application = new InetSocketAddress(application.getHost(), application.getPort());
        this.address = URI.create("http://localhost:" + listening.getFirst().getLocalPort());
    }

    /**
     * Begins to listen on loopback, of IPv6 too where there is one: programs differ in what they take for localhost.
     *
     * @param port 0 for any that is free
     * @throws IOException if the TCP port is taken
     */
    public static Recorder before(URI application, int port) throws IOException {
        Recorder recorder = new Recorder(Loopback.listen(port, BACKLOG), application);
        for (ServerSocket socket : recorder.listening) {
            Thread.ofPlatform().daemon().name("recorder").start(() -> recorder.listen(socket));
        }
        return recorder;
    }

    /** Where requests are to go. */
    public URI address() {
        return address;
    }

    private void listen(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                free.acquire();
                Socket client = socket.accept();
                Thread.ofVirtual().name("recorder-connection").start(() -> serve(client));
            } catch (IOException e) {
                free.release(); // closed, or a connection that ended before it was accepted
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos()); // or no file descriptor is left
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                RecordedConnection connection = new RecordedConnection(client, application, this::begin)) {
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

    private synchronized RecordedExchange begin(Head request) {
        if (exchanges.size() < MOST_EXCHANGES) {
            RecordedExchange exchange = new RecordedExchange(address.toString(), request, requests, answers);
            exchanges.add(exchange);
            return exchange;
        }
        dropped++;
        return new RecordedExchange(address.toString(), request, new AtomicLong(), new AtomicLong());
    }

    /** How many requests were kept that have an answer. */
    public synchronized int size() {
        return (int) exchanges.stream()
                .filter(exchange -> exchange.answer().isPresent())
                .count();
    }

    /** What could not be kept, in sentences. */
    public synchronized List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (dropped > 0) {
            notes.add(dropped + " requests were not recorded: more than " + MOST_EXCHANGES + " are not kept");
        }
        List<RecordedExchange> unanswered = exchanges.stream()
                .filter(exchange -> exchange.answer().isEmpty())
                .toList();
        if (!unanswered.isEmpty()) {
            notes.add(unanswered.size()
                    + " requests had no answer and were left out, though the application may have acted on"
                    + " them; the last one: " + unanswered.getLast().broken().orElse("the answer has not come yet"));
        }
        long broken = exchanges.stream()
                .filter(exchange ->
                        exchange.answer().isPresent() && exchange.broken().isPresent())
                .count();
        if (broken > 0) {
            notes.add("the answers of " + broken + " requests were broken off before their end");
        }
        long cut = exchanges.stream().filter(RecordedExchange::isCut).count();
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
            for (ServerSocket socket : listening) {
                socket.close();
            }
            for (RecordedConnection connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the recorder could not be closed", e);
        }
    }
}
