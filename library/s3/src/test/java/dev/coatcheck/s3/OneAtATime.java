package dev.coatcheck.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands before a store that looks whether a condition holds and stores afterwards, and hands it one request after the other:
 * so it decides as one that does both at once.
 */
final class OneAtATime implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** What belongs to a connection, or is made anew. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding", "upgrade");

    private final URI store;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Held while the store works, and not while a client sends or reads: some are stopped in the middle of that. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final HttpServer server;

    OneAtATime(int tcpPort) throws IOException {
        store = URI.create("http://127.0.0.1:" + tcpPort);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handOn);
        server.start();
    }

    int tcpPort() {
        return server.getAddress().getPort();
    }

    private void handOn(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = HttpRequest.newBuilder(
                            URI.create(store + exchange.getRequestURI().toString()))
                    .timeout(LIMIT)
                    .method(
                            exchange.getRequestMethod(),
                            BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!isOfTheConnection(name)) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            var response = answered(request.build());
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            response.headers().map().forEach((name, values) -> {
                if (isHead || !isOfTheConnection(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            byte[] content = response.body();
            exchange.sendResponseHeaders(response.statusCode(), content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the test is over");
        }
    }

    private HttpResponse<byte[]> answered(HttpRequest request) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            return client.send(request, BodyHandlers.ofByteArray());
        } finally {
            turn.unlock();
        }
    }

    private static boolean isOfTheConnection(String name) {
        return OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.close();
    }
}
