package dev.coatcheck.gallery;

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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A visitor's WebSocket to an instance, which listens to what is meant for them. */
final class GallerySocket implements WebSocket.Listener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
    private final WebSocket socket;

    private GallerySocket(Visitor visitor, URI instance, String... headers) {
        var builder = CLIENT.newWebSocketBuilder().connectTimeout(PATIENCE);
        if (!visitor.cookies.isEmpty()) {
            builder.header("Cookie", visitor.cookieHeader());
        }
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + instance.getPort() + "/socket"), this)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Opens one; fails as a {@link java.util.concurrent.CompletionException} where it is not let in. */
    static GallerySocket open(Visitor visitor, URI instance, String... headers) {
        return new GallerySocket(visitor, instance, headers);
    }

    /** Opens one, and listens from now on. */
    static GallerySocket listening(Visitor visitor, URI instance) {
        var socket = open(visitor, instance);
        socket.ask("\"topic\":\"@me\"");
        socket.hear("begun");
        return socket;
    }

    /** @param members of the object that asks for a topic */
    void ask(String members) {
        socket.sendText("{\"type\":\"subscribe\"," + members + "}", true).join();
    }

    /** What comes next of a type; what comes before it is left out. */
    JsonNode hear(String type) {
        try {
            while (true) {
                var next = heard.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    throw new AssertionError("no " + type + " came for " + PATIENCE);
                }
                if (next.path("type").asString().equals(type)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What was published next. */
    JsonNode hearNews() {
        return news(hear("message"));
    }

    static JsonNode news(JsonNode message) {
        return JsonMapper.shared().readTree(message.path("data").asString());
    }

    /** What the instance closes it with, when it does. */
    int closeCode() {
        return closeCode.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            heard.add(JsonMapper.shared().readTree(text.toString()));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closeCode.completeExceptionally(failure);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
