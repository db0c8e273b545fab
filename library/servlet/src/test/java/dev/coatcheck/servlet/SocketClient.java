package dev.coatcheck.servlet;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket that keeps what it is sent. */
final class SocketClient implements AutoCloseable, WebSocket.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>(100_000);
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<WebSocket> socket;

    private SocketClient(Visitor visitor, WebServer server, String path, String... headers) {
        var builder = CLIENT.newWebSocketBuilder().connectTimeout(PATIENCE);
        visitor.cookies.forEach((name, value) -> builder.header("Cookie", name + "=" + value));
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        var uri = URI.create("ws://127.0.0.1:" + server.uri().getPort() + path);
        socket = builder.buildAsync(uri, this);
    }

    /** Opens one; fails as a {@link java.util.concurrent.CompletionException} where it is not let in. */
    static SocketClient open(Visitor visitor, WebServer server, String path, String... headers) {
        var client = new SocketClient(visitor, server, path, headers);
        client.socket.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        return client;
    }

    void say(String json) {
        socket.join().sendText(json, true).join();
    }

    /** What came next, beats apart; an end is {@code "CODE REASON"}. */
    String hear() throws InterruptedException {
        while (true) {
            var next = heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("nothing came for " + PATIENCE);
            }
            if (!next.equals("{\"type\":\"beat\"}")) {
                return next;
            }
        }
    }

    /** What came next, whatever it is. */
    @Nullable
    String hearAny() throws InterruptedException {
        return heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            heard.add(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        heard.add(code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        heard.add("failed " + failure);
    }

    @Override
    public void close() {
        socket.join().abort();
    }
}
