package dev.coatcheck.prove.record;

import dev.coatcheck.prove.play.WebSocketFrames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One connection of a client. Each of its requests goes to the application on a connection of its own, so that none meets one
 * that the application was about to end. What comes is handed on as it comes, byte by byte, so that streams and
 * WebSockets work; what is not asked of the application is an answer that is compressed, or messages that are.
 */
final class RecordedConnection implements AutoCloseable {
    private static final int MOST_SILENT_MILLIS = 10 * 60_000;

    /** Between two requests. */
    private static final int MOST_IDLE_MILLIS = 60_000;

    private static final int CONNECT_MILLIS = 10_000;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final Set<String> NOT_HANDED_ON = Set.of("accept-encoding", "expect", "sec-websocket-extensions");
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
    private final Function<Head, RecordedExchange> recorded;
    private final InputStream fromClient;
    private final OutputStream toClient;
    private volatile Socket application = new Socket();
    private volatile long lastInTunnel;

    /** @param recorded begins to keep an exchange */
    RecordedConnection(Socket client, InetSocketAddress address, Function<Head, RecordedExchange> recorded)
            throws IOException {
        this.client = client;
        this.address = address;
        this.recorded = recorded;
        this.fromClient = new BufferedInputStream(client.getInputStream());
        this.toClient = new BufferedOutputStream(client.getOutputStream());
    }

    /** Until either side ends it. */
    void serve() throws IOException {
        client.setSoTimeout(MOST_IDLE_MILLIS);
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
            client.setSoTimeout(MOST_SILENT_MILLIS);
            fresh.setSoTimeout(MOST_SILENT_MILLIS);
            fresh.setTcpNoDelay(true);
            boolean another = exchange(
                    request,
                    new BufferedInputStream(fresh.getInputStream()),
                    new BufferedOutputStream(fresh.getOutputStream()));
            client.setSoTimeout(MOST_IDLE_MILLIS);
            return another;
        }
    }

    private boolean exchange(Head request, InputStream fromApplication, OutputStream toApplication) throws IOException {
        RecordedExchange exchange = recorded.apply(request);
        try {
            boolean another = exchange(exchange, fromApplication, toApplication);
            exchange.ended();
            return another;
        } catch (IOException e) {
            exchange.brokeOff(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private boolean exchange(RecordedExchange exchange, InputStream fromApplication, OutputStream toApplication)
            throws IOException {
        Head request = exchange.request();
        if (request.word(0).equals("PRI")) {
            throw new IOException("HTTP/2 is not recorded; let the client speak HTTP/1.1");
        }
        if (request.says("Expect", "100-continue")) {
            toClient.write(CONTINUE);
            toClient.flush();
        }
        toApplication.write(request.without(NOT_HANDED_ON).withoutUpgrade().bytes());
        Framing.ofRequest(request).relay(fromClient, toApplication, exchange.sent());
        Head response = answer(fromApplication);
        Framing framing = Framing.ofResponse(response, request.word(0));
        Kept received = exchange.answered(response);
        toClient.write(response.bytes());
        toClient.flush();
        if (response.status() == SWITCHING_PROTOCOLS) {
            tunnel(exchange, fromApplication, toApplication);
            return false;
        }
        framing.relay(fromApplication, toClient, received);
        return !(framing instanceof Framing.ToTheEnd)
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

    private void tunnel(RecordedExchange exchange, InputStream fromApplication, OutputStream toApplication)
            throws IOException {
        Thread there = Thread.ofVirtual().name("recorder-tunnel").start(() -> {
            try (this) {
                pump(fromClient, toApplication, new Overheard(exchange, true));
            } catch (IOException ended) {
                // The other direction ends with it.
            }
        });
        try {
            pump(fromApplication, toClient, new Overheard(exchange, false));
        } finally {
            close();
            there.interrupt();
        }
    }

    /** What goes through one way, where it is messages of a WebSocket. */
    private static final class Overheard {
        private final RecordedExchange exchange;
        private final WebSocketFrames frames;
        private boolean understood;

        Overheard(RecordedExchange exchange, boolean sent) {
            this.exchange = exchange;
            understood = exchange.request().says("Upgrade", "websocket");
            frames = new WebSocketFrames((opcode, content) -> {
                if (opcode < WebSocketFrames.CLOSE) {
                    exchange.message(sent, opcode, content);
                }
            });
        }

        void take(byte[] bytes, int length) {
            try {
                if (understood) {
                    frames.take(bytes, length);
                }
            } catch (IOException e) {
                // What is no message, or too large a one, goes through all the same.
                understood = false;
                exchange.missesMessages();
            }
        }
    }

    private void pump(InputStream from, OutputStream to, Overheard overheard) throws IOException {
        byte[] buffer = new byte[Framing.BUFFER];
        for (int read = inTunnel(from, buffer); read >= 0; read = inTunnel(from, buffer)) {
            overheard.take(buffer, read);
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    /** One side may be silent for as long as the other one speaks. */
    private int inTunnel(InputStream from, byte[] buffer) throws IOException {
        while (true) {
            try {
                int read = from.read(buffer);
                lastInTunnel = System.nanoTime();
                return read;
            } catch (SocketTimeoutException e) {
                if (System.nanoTime() - lastInTunnel
                        >= Duration.ofMillis(MOST_SILENT_MILLIS).toNanos()) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (client) {
            application.close();
        }
    }
}
