package dev.coatcheck.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Forwards to a server, until it is told to let its open links go silent: they stay open and carry nothing more. */
final class SilentProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final int serverPort;

    private static final class Link {
        final Socket client;
        final Socket server;
        volatile boolean silent;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }
    }

    SilentProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        Thread.ofVirtual().name("silent-proxy").start(this::accept);
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    void silenceOpenLinks() {
        links.forEach(link -> link.silent = true);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var link : links) {
            link.client.close();
            link.server.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                var link = new Link(listener.accept(), new Socket(InetAddress.getLoopbackAddress(), serverPort));
                links.add(link);
                Thread.ofVirtual().start(() -> forward(link, link.client, link.server));
                Thread.ofVirtual().start(() -> forward(link, link.server, link.client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void forward(Link link, Socket from, Socket to) {
        var buffer = new byte[8_192];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                if (!link.silent) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }
}
