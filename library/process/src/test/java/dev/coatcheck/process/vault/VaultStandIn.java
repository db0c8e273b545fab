package dev.coatcheck.process.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks what the documentation of Vault's HTTP API says of reading from a key-value engine of version 2 at {@code secret/},
 * and of logging in by Kubernetes and AppRole. No Vault can be had from the registries that the build uses.
 */
final class VaultStandIn implements AutoCloseable {
    static final String TOKEN = "hvs.root";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Map<String, Object>> secrets = new ConcurrentHashMap<>();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger given = new AtomicInteger();
    private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** What is answered to all, such as 503 while it is sealed; 0 for what is right. */
    volatile int status;

    /** A body for all, in place of the right one. */
    volatile byte @Nullable [] body;

    /** Who logs in is refused with this; 0 for what is right. */
    volatile int loginStatus;

    /** As with secret_id_num_uses=1: who has logged in once cannot do so again. */
    volatile boolean singleUse;

    volatile boolean hangs;

    /** Nobody is answered before as many have asked as this counts. */
    volatile CountDownLatch together = new CountDownLatch(0);

    /** As a standby does, which sends all to the address of the active server; the empty text where this one is it. */
    volatile String active = "";

    volatile int leaseSeconds = 3_600;
    volatile String namespace = "";

    private VaultStandIn(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        tokens.add(TOKEN);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static VaultStandIn start() throws IOException {
        return new VaultStandIn(HttpServer.create(local(), 0), "http");
    }

    static VaultStandIn start(SSLContext tls) throws IOException {
        var server = HttpsServer.create(local(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return new VaultStandIn(server, "https");
    }

    private static InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    String address() {
        return scheme + "://localhost:" + server.getAddress().getPort();
    }

    void put(String name, Map<String, Object> data) {
        secrets.put("/v1/secret/data/" + name, data);
    }

    void accept(String token) {
        tokens.add(token);
    }

    void revoke(String token) {
        tokens.remove(token);
    }

    /** No policy lets anybody read this one. */
    void forbid(String name) {
        forbidden.add("/v1/secret/data/" + name);
    }

    void allow(String name) {
        forbidden.remove("/v1/secret/data/" + name);
    }

    int logins() {
        return (int)
                requests.stream().filter(request -> request.startsWith("POST")).count();
    }

    /** Method and path of each request. */
    List<String> requests() {
        return requests;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            requests.add(exchange.getRequestMethod() + " " + path);
            var sent = exchange.getRequestBody().readAllBytes();
            if (hangs) {
                closing.await();
            }
            together.countDown();
            together.await();
            var wrong = body;
            if (!active.isEmpty()) {
                exchange.getResponseHeaders().set("Location", active + path);
                exchange.sendResponseHeaders(307, -1);
            } else if (wrong != null) {
                answer(exchange, 200, wrong);
            } else if (status != 0) {
                answer(exchange, status, Map.of("errors", List.of("Vault is sealed")));
            } else if (!"true".equals(exchange.getRequestHeaders().getFirst("X-Vault-Request"))) {
                answer(exchange, 412, Map.of("errors", List.of("missing header X-Vault-Request")));
            } else if (path.endsWith("/login")) {
                logIn(exchange, path, sent);
            } else {
                show(exchange, path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(HttpExchange exchange, String path) throws IOException {
        var headers = exchange.getRequestHeaders();
        var inNamespace = headers.getFirst("X-Vault-Namespace");
        var known = tokens.contains(String.valueOf(headers.getFirst("X-Vault-Token")));
        if (!known || forbidden.contains(path) || !namespace.equals(inNamespace == null ? "" : inNamespace)) {
            answer(exchange, 403, Map.of("errors", List.of("permission denied")));
            return;
        }
        var data = secrets.get(path);
        if (data == null) {
            answer(exchange, 404, Map.of("errors", List.of()));
            return;
        }
        var metadata = Map.of(
                "created_time",
                "2026-03-22T02:24:06.945319214Z",
                "deletion_time",
                "",
                "destroyed",
                false,
                "version",
                2);
        answer(
                exchange,
                200,
                Map.of(
                        "request_id",
                        "5b1b2d1f-2c5e-7d4a-0c9c-0b0f3a1e6a11",
                        "lease_id",
                        "",
                        "renewable",
                        false,
                        "lease_duration",
                        0,
                        "data",
                        Map.of("data", data, "metadata", metadata)));
    }

    private void logIn(HttpExchange exchange, String path, byte[] sent) throws IOException {
        var said = JSON.readTree(sent);
        var right =
                switch (path) {
                    case "/v1/auth/kubernetes/login", "/v1/auth/k8s-west/login" ->
                        said.path("role").asString("").equals("gallery")
                                && said.path("jwt").asString("").equals("ey.jwt");
                    case "/v1/auth/approle/login" ->
                        said.path("role_id").asString("").equals("id-1")
                                && said.path("secret_id").asString("").equals("s3cret");
                    default -> false;
                };
        if (loginStatus != 0) {
            answer(exchange, loginStatus, Map.of("errors", List.of("hunter2")));
            return;
        }
        if (!right || (singleUse && given.get() > 0)) {
            answer(exchange, 400, Map.of("errors", List.of("invalid role or secret ID")));
            return;
        }
        var token = "hvs.given-" + given.incrementAndGet();
        tokens.add(token);
        answer(
                exchange,
                200,
                Map.of("auth", Map.of("client_token", token, "lease_duration", leaseSeconds, "renewable", true)));
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        answer(exchange, status, JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
