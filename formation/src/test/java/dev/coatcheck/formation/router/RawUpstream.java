package dev.coatcheck.formation.router;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An instance whose every byte a test decides: a server on a bare socket, on loopback. */
final class RawUpstream implements AutoCloseable {

    /** What the instance does with one request. Returning lets the connection live; an exception closes it. */
    interface Script {
        void play(Request request, Connection connection) throws Exception;
    }

    /** A request as it arrived, its body decoded, and where the script asked to see it first, unread. */
    record Request(String head, String body) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        Optional<String> header(String name) {
            return Http.header(head, name);
        }
    }

    private final ServerSocket server;
    private final Script script;
    private final boolean readBodies;
    private final boolean oneAtATime;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    final List<Request> requests = new CopyOnWriteArrayList<>();

    private RawUpstream(Script script, boolean readBodies, boolean oneAtATime) throws IOException {
        this.oneAtATime = oneAtATime;
        this.server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        this.script = script;
        this.readBodies = readBodies;
        Thread.ofVirtual().name("upstream").start(this::accept);
    }

    static RawUpstream start(Script script) throws IOException {
        return new RawUpstream(script, true, false);
    }

    /** The script is played when the head has arrived; it reads the body itself. */
    static RawUpstream startStreaming(Script script) throws IOException {
        return new RawUpstream(script, false, false);
    }

    /** Serves one connection after the other, in the order in which they were made. */
    static RawUpstream startOneAtATime(Script script) throws IOException {
        return new RawUpstream(script, true, true);
    }

    static RawUpstream answering(String body) throws IOException {
        return start((request, connection) -> connection.respond(200, body));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                if (oneAtATime) {
                    serve(socket);
                } else {
                    Thread.ofVirtual().name("upstream-connection").start(() -> serve(socket));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Connection connection = new Connection(socket);
            String head = connection.readHead();
            while (head != null) {
                if (readBodies && Http.header(head, "Expect").isPresent()) {
                    connection.writeHead("100 Continue");
                }
                String body = readBodies ? connection.readBody(head) : "";
                Request request = new Request(head, body);
                requests.add(request);
                script.play(request, connection);
                head = connection.readHead();
            }
        } catch (Exception e) {
            // The connection ends here, as the script wants it or as the client does.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Resets every connection and refuses new ones. */
    void die() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It was closed meanwhile.
            }
        }
    }

    @Override
    public void close() throws IOException {
        die();
    }

    static final class Connection {
        private final Socket socket;
        final InputStream in;
        final OutputStream out;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        @Nullable
        String readHead() throws IOException {
            return Http.readHead(in);
        }

        String readBody(String head) throws IOException {
            return new String(Http.readBody(in, head, false), StandardCharsets.UTF_8);
        }

        void respond(int status, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream response = new ByteArrayOutputStream();
            response.writeBytes(("HTTP/1.1 " + status + " OK\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            response.writeBytes(bytes);
            out.write(response.toByteArray());
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void writeHead(String status, String... fields) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            write(head + "\r\n");
        }

        /** Waits for the next request no longer than this, and then closes. */
        void closeWhenIdleFor(Duration limit) throws IOException {
            socket.setSoTimeout((int) limit.toMillis());
        }

        /** Closes in the orderly way, with FIN. */
        void close() throws IOException {
            socket.close();
        }

        /** Closes as the kernel does for a process that was killed with data unread, with RST. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
