package dev.coatcheck.azure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Says what it is told, for what the emulator does not say. What nothing was prepared for is answered with 418. */
final class StandIn implements AfterEachCallback {
    private static final Prepared NOTHING = new Prepared(418, Map.of(), "");

    private final Queue<Prepared> answers = new ConcurrentLinkedQueue<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final Azure azure;

    private record Prepared(int status, Map<String, String> headers, String body) {}

    StandIn() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        azure = Azure.attach("http://ada1:a2V5@127.0.0.1:" + server.getAddress().getPort() + "/ada1/photos");
        server.createContext("/", this::answer);
        server.start();
    }

    /** What is attached to it, with default settings. */
    Azure azure() {
        return azure;
    }

    /**
     * Answers the next request so; once for each call.
     *
     * @param code the store's word for why it refuses; may be empty
     */
    StandIn answer(int status, String code, String body) {
        return answer(status, Map.of("x-ms-error-code", code), body);
    }

    /** Answers the next request so; once for each call. */
    StandIn answer(int status, Map<String, String> headers, String body) {
        answers.add(new Prepared(status, headers, body));
        return this;
    }

    /** The method and query of each request, such as "GET comp=list&prefix=". */
    List<String> asked() {
        return asked;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        azure.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            var query = exchange.getRequestURI().getRawQuery();
            asked.add(exchange.getRequestMethod() + (query == null ? "" : " " + query));
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            var prepared = answers.poll();
            var answer = prepared == null ? NOTHING : prepared;
            var headers = exchange.getResponseHeaders();
            headers.add("ETag", "\"0x8D\"");
            headers.add("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT");
            answer.headers().forEach(headers::add);
            var body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
