package dev.coatcheck.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and the server, counts the round trips, and can fall silent as a network does that lost its
 * way: nothing arrives, and nothing is refused.
 *
 * <p>A round trip begins with the first byte that the client sends after the server has spoken.
 */
final class Relay implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger trips = new AtomicInteger();
    private boolean silent;

    private Relay(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static Relay to(int serverPort) {
        try {
            var relay = new Relay(serverPort);
            Thread.ofVirtual().name("relay-accept").start(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server's URL, by way of this relay. */
    String through(String url) {
        return url.replace(":" + serverPort + "/", ":" + listener.getLocalPort() + "/");
    }

    /** How many round trips there were, of all connections. */
    int trips() {
        return trips.get();
    }

    synchronized void fallSilent() {
        silent = true;
    }

    synchronized void speak() {
        silent = false;
        notifyAll();
    }

    /** Cuts every connection. */
    void cut() {
        sockets.forEach(Relay::close);
        sockets.clear();
    }

    @Override
    public void close() {
        speak();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
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
        sockets.add(client);
        try {
            var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            sockets.add(server);
            var turn = new Turn();
            copy("relay-to-server", client, server, turn::clientSpeaks);
            copy("relay-to-client", server, client, turn::serverSpeaks);
        } catch (IOException e) {
            close(client);
            throw e;
        }
    }

    private void copy(String name, Socket from, Socket to, Runnable spoken) {
        Thread.ofVirtual().name(name).start(() -> {
            try (InputStream source = from.getInputStream();
                    OutputStream sink = to.getOutputStream()) {
                var buffer = new byte[1 << 16];
                for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
                    awaitSpeech();
                    spoken.run();
                    sink.write(buffer, 0, count);
                }
            } catch (IOException | InterruptedException e) {
                // One end is gone, and so is the other.
            } finally {
                close(from);
                close(to);
            }
        });
    }

    private synchronized void awaitSpeech() throws InterruptedException {
        while (silent) {
            wait();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whose turn it is on one connection. */
    private final class Turn {
        private boolean serverSpokeLast = true;

        synchronized void clientSpeaks() {
            if (serverSpokeLast) {
                serverSpokeLast = false;
                trips.incrementAndGet();
            }
        }

        synchronized void serverSpeaks() {
            serverSpokeLast = true;
        }
    }
}
