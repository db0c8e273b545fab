package dev.coatcheck.prove.record;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One connection of a client. Each of its requests goes to the application on a connection of its own, so that none meets one
 * that the application was about to end. What comes is handed on as it comes, byte by byte, so that streams and
 * WebSockets work; what is not asked of the application is an answer that is compressed.
 */
final class RecordedConnection implements AutoCloseable {
    private static final int MOST_SILENT_MILLIS = 10 * 60_000;
    private static final int CONNECT_MILLIS = 10_000;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final Set<String> NOT_HANDED_ON = Set.of("accept-encoding", "expect");
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NOT_REACHED = String.join(
                    "\r\n",
                    "HTTP/1.1 502 Bad Gateway",
                    "Content-Type: text/plain",
                    "Connection: close",
                    "",
                    "The application cannot be reached; it may have ended.")
            .getBytes(StandardCharsets.ISO_8859_1);

    private final Socket client;
    private final InetSocketAddress address;
    private final String origin;
    private final AtomicLong budget;
    private final Consumer<RecordedExchange> recorded;
    private final InputStream fromClient;
    private final OutputStream toClient;
    private volatile Socket application = new Socket();

    RecordedConnection(
            Socket client,
            InetSocketAddress address,
            String origin,
            AtomicLong budget,
            Consumer<RecordedExchange> recorded)
            throws IOException {
        this.client = client;
        this.address = address;
        this.origin = origin;
        this.budget = budget;
        this.recorded = recorded;
        this.fromClient = new BufferedInputStream(client.getInputStream());
        this.toClient = new BufferedOutputStream(client.getOutputStream());
    }

    /** Until either side ends it. */
    void serve() throws IOException {
        client.setSoTimeout(MOST_SILENT_MILLIS);
        client.setTcpNoDelay(true);
        Optional<Head> request = Head.read(fromClient);
        while (request.isPresent() && serve(request.get())) {
            request = Head.read(fromClient);
        }
    }

    /** @return whether another request may follow */
    private boolean serve(Head request) throws IOException {
        try (Socket fresh = new Socket()) {
            application = fresh;
            try {
                fresh.connect(address, CONNECT_MILLIS);
            } catch (IOException e) {
                toClient.write(NOT_REACHED);
                toClient.flush();
                return false;
            }
            fresh.setSoTimeout(MOST_SILENT_MILLIS);
            fresh.setTcpNoDelay(true);
            return exchange(
                    request,
                    new BufferedInputStream(fresh.getInputStream()),
                    new BufferedOutputStream(fresh.getOutputStream()));
        }
    }

    private boolean exchange(Head request, InputStream fromApplication, OutputStream toApplication) throws IOException {
        Instant at = InstantSource.system().instant();
        long start = System.nanoTime();
        Kept sent = new Kept(budget);
        if (request.says("Expect", "100-continue")) {
            toClient.write(CONTINUE);
            toClient.flush();
        }
        toApplication.write(request.without(NOT_HANDED_ON).bytes());
        Framing.ofRequest(request).relay(fromClient, toApplication, sent);
        Head response = answer(fromApplication);
        toClient.write(response.bytes());
        toClient.flush();
        Kept received = new Kept(budget);
        boolean isTunnel = response.status() == SWITCHING_PROTOCOLS;
        Framing framing = Framing.ofResponse(response, request.word(0));
        if (!isTunnel) {
            framing.relay(fromApplication, toClient, received);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        recorded.accept(new RecordedExchange(origin, at, took, request, sent, response, received));
        if (isTunnel) {
            tunnel(fromApplication, toApplication);
        }
        return !isTunnel
                && !(framing instanceof Framing.ToTheEnd)
                && !response.says("Connection", "close")
                && !request.says("Connection", "close")
                && !request.word(2).equals("HTTP/1.0");
    }

    /** The final one; what comes before it is handed on. */
    private Head answer(InputStream fromApplication) throws IOException {
        while (true) {
            Head head = Head.read(fromApplication)
                    .orElseThrow(() -> new IOException("the application ended the connection without an answer"));
            if (head.status() / 100 != 1 || head.status() == SWITCHING_PROTOCOLS) {
                return head;
            }
            toClient.write(head.bytes());
            toClient.flush();
        }
    }

    private void tunnel(InputStream fromApplication, OutputStream toApplication) throws IOException {
        Thread there = Thread.ofVirtual().name("recorder-tunnel").start(() -> {
            try (this) {
                pump(fromClient, toApplication);
            } catch (IOException ended) {
                // The other direction ends with it.
            }
        });
        try {
            pump(fromApplication, toClient);
        } finally {
            close();
            there.interrupt();
        }
    }

    private static void pump(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[Framing.BUFFER];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    @Override
    public void close() throws IOException {
        try (client) {
            application.close();
        }
    }
}
