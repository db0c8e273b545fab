package dev.coatcheck.servlet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One TCP port in front of several instances: each new connection is to the one that is meant at that moment. */
final class Switchboard implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerSocket listening;
    private volatile CompletableFuture<Integer> target;

    private Switchboard(ServerSocket listening, int target) {
        this.listening = listening;
        this.target = CompletableFuture.completedFuture(target);
    }

    static Switchboard to(int tcpPort) {
        try {
            var board = new Switchboard(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), tcpPort);
            Thread.ofVirtual().name("switchboard").start(board::accept);
            return board;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int tcpPort() {
        return listening.getLocalPort();
    }

    /** New connections wait until it is said where to. */
    void hold() {
        target = new CompletableFuture<>();
    }

    void switchTo(int tcpPort) {
        var waiting = target;
        target = CompletableFuture.completedFuture(tcpPort);
        waiting.complete(tcpPort);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var client = listening.accept();
                Thread.ofVirtual().name("switchboard-link").start(() -> link(client));
            } catch (IOException e) {
                // It was closed.
            }
        }
    }

    private void link(Socket client) {
        try (client;
                var server = new Socket(
                        InetAddress.getLoopbackAddress(), target.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))) {
            var back = Thread.ofVirtual().name("switchboard-back").start(() -> carry(server, client));
            carry(client, server);
            back.join();
        } catch (IOException | ExecutionException | TimeoutException e) {
            // The client sees its connection end, as behind any such thing.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What ends one way ends both. */
    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Either is gone.
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
