package dev.coatcheck.servlet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Reads a stream of server-sent events, line by line. */
final class EventStreamClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String END = "the end";

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(100_000);
    private String id = "";

    private EventStreamClient(HttpResponse<InputStream> response) {
        this.response = response;
    }

    static EventStreamClient open(Visitor visitor, WebServer server, String path, String... headers) {
        var client = new EventStreamClient(
                visitor.send("GET", server, path, HttpResponse.BodyHandlers.ofInputStream(), headers));
        Thread.ofVirtual().name("event-stream-client").start(client::read);
        return client;
    }

    int status() {
        return response.statusCode();
    }

    HttpResponse<?> response() {
        return response;
    }

    /** Where this client is, as a browser would say it in {@code Last-Event-ID}. */
    String lastEventId() {
        return id;
    }

    /** The data of the next event. */
    String data() throws InterruptedException {
        while (true) {
            var line = line();
            if (line.startsWith("id: ")) {
                id = line.substring("id: ".length());
            } else if (line.startsWith("data: ")) {
                return line.substring("data: ".length());
            } else if (line.equals(END)) {
                throw new AssertionError("the stream has ended");
            }
        }
    }

    /** The next line, whatever it is. */
    String line() throws InterruptedException {
        var line = lines.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new AssertionError("nothing came for " + PATIENCE);
        }
        return line;
    }

    /** Waits until the other end has closed the stream. */
    void awaitEnd() throws InterruptedException {
        while (!line().equals(END)) {}
    }

    private void read() {
        try (var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            // A stream that is cut has ended as well.
        }
        lines.add(END);
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
