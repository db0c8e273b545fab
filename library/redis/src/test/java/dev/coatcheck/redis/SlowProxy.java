package dev.coatcheck.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** Forwards to a server, each piece later by a delay, as over a long way. */
final class SlowProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int serverPort;
    private final Duration delay;

    SlowProxy(int serverPort, Duration delay) throws IOException {
        this.serverPort = serverPort;
        this.delay = delay;
        Thread.ofVirtual().name("slow-proxy").start(this::accept);
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.addAll(List.of(client, server));
                Thread.ofVirtual().name("slow-to-server").start(() -> forward(client, server));
                Thread.ofVirtual().name("slow-to-client").start(() -> forward(server, client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void forward(Socket from, Socket to) {
        var buffer = new byte[8_192];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                LockSupport.parkNanos(delay.toNanos());
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) {
            // closed
        }
    }
}
