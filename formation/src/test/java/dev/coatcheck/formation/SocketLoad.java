package dev.coatcheck.formation;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** WebSockets that stay open, and are opened anew when an instance that goes takes its leave of them. */
final class SocketLoad implements AutoCloseable {
    /** "Going away" and "service restart". */
    private static final Set<Integer> IN_ORDER = Set.of(1001, 1012);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI address;
    private final AtomicInteger leaves = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    private SocketLoad(URI address) {
        this.address = address;
    }

    static SocketLoad on(int tcpPort, int sockets) {
        SocketLoad load = new SocketLoad(URI.create("ws://127.0.0.1:" + tcpPort + "/socket"));
        for (int i = 0; i < sockets; i++) {
            load.open();
        }
        return load;
    }

    /** How often an instance took its leave in order. */
    int leaves() {
        return leaves.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        closed = true;
        client.shutdownNow();
    }

    private void open() {
        var _ = client.newWebSocketBuilder()
                .buildAsync(address, new Listener())
                .whenComplete((_, failure) -> failed(failure));
    }

    private void failed(@Nullable Throwable failure) {
        if (failure != null && !closed) {
            failures.add(String.valueOf(failure));
        }
    }

    private final class Listener implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            if (IN_ORDER.contains(status)) {
                leaves.incrementAndGet();
                open();
            } else {
                failed(new IllegalStateException("closed with " + status));
            }
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            failed(error);
        }
    }
}
