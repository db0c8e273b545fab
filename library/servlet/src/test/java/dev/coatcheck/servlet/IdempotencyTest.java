package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.idempotency.InMemoryIdempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the tests of the idempotency filter share: a client that repeats itself, in each container. */
@ParameterizedClass
@EnumSource(Container.class)
abstract class IdempotencyTest {
    static final String KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    static final IdempotencyFilterSettings SETTINGS =
            IdempotencyFilterSettings.forUser(request -> Optional.ofNullable(request.getHeader("X-User")));
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    CutOffIdempotency store = storeWith(IdempotencySettings.defaults());
    final AtomicInteger runs = new AtomicInteger();
    private final List<WebServer> servers = new ArrayList<>();

    @Parameter
    Container container = Container.JETTY;

    static CutOffIdempotency storeWith(IdempotencySettings settings) {
        return new CutOffIdempotency(new InMemoryIdempotency(settings, InstantSource.system()));
    }

    WebServer start(Map<String, Page> pages) {
        return start(SETTINGS, pages);
    }

    WebServer start(IdempotencyFilterSettings settings, Map<String, Page> pages) {
        var server = container.start(new IdempotencyFilter(store, settings), pages);
        servers.add(server);
        return server;
    }

    /** One page that counts how often it was run. */
    WebServer serve(Page page) {
        return start(Map.of("/pay", counted(page)));
    }

    Page counted(Page page) {
        return (request, response) -> {
            runs.incrementAndGet();
            page.serve(request, response);
        };
    }

    /** With the usual key. */
    HttpResponse<String> post(WebServer server, String body, String... headers) {
        var all = new ArrayList<>(List.of("Idempotency-Key", KEY, "Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return send("POST", server, "/pay", body, all.toArray(String[]::new));
    }

    static HttpResponse<String> send(String method, WebServer server, String path, String body, String... headers) {
        var publisher = HttpRequest.BodyPublishers.ofString(body);
        return send(request(server.uri().resolve(path), headers).method(method, publisher));
    }

    static HttpRequest.Builder request(URI uri, String... headers) {
        var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void isReplay(HttpResponse<?> answer, HttpResponse<?> of) {
        assertThat(answer.statusCode()).isEqualTo(of.statusCode());
        assertThat(answer.body()).isEqualTo(of.body());
        assertThat(answer.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(of.headers().firstValue("Idempotent-Replayed")).isEmpty();
    }

    static void isRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(answer.body()).contains("\"error\":\"" + code + "\"");
        assertThat(answer.headers().firstValue("Retry-After").isPresent())
                .isEqualTo(
                        code.equals("idempotency_request_in_progress") || code.equals("idempotency_store_unavailable"));
    }

    @AfterEach
    void closeServers() {
        servers.forEach(WebServer::close);
    }
}
