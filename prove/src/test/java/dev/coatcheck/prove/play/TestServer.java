package dev.coatcheck.prove.play;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A real HTTP server that answers as a test says, and remembers what it was asked. */
public final class TestServer implements AutoCloseable {
    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();

    /** What it was asked. */
    public record Received(
            String method, String target, Map<String, List<String>> headers, String body, int clientPort) {
        public String header(String name) {
            return String.join(",", headers.getOrDefault(name, List.of()));
        }
    }

    /** What it answers. */
    public interface Answer {
        Reply to(Received request) throws IOException;
    }

    /** An answer, with names and values of headers in turn. */
    public record Reply(int status, String body, List<String> headers) {
        public static Reply of(int status, String body, String... headers) {
            return new Reply(status, body, List.of(headers));
        }
    }

    public TestServer(Answer answer) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> serve(exchange, answer));
        server.start();
    }

    private void serve(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            Received request = new Received(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    exchange.getRemoteAddress().getPort());
            received.add(request);
            Reply reply = answer.to(request);
            for (int i = 0; i < reply.headers().size(); i += 2) {
                exchange.getResponseHeaders()
                        .add(reply.headers().get(i), reply.headers().get(i + 1));
            }
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    public List<Received> received() {
        return received;
    }

    public Target target(String instance) {
        return new Target(
                instance, URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
