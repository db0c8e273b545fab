package dev.coatcheck.secretsmanager;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks what AWS's documentation says of {@code GetSecretValue}, and checks each request's signature. No server of AWS's own,
 * and no emulator, can be had from the registries that the build uses.
 */
final class SecretsManagerStandIn implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Map<String, Object>> secrets = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** What is said of every secret, such as {@code AccessDeniedException}. */
    volatile String refusal = "";

    /** What credentials that are lent have beside the key; the empty text for those that are one's own. */
    volatile String sessionToken = "";

    SecretsManagerStandIn() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    void put(String name, String text) {
        secrets.put(name, Map.of("SecretString", text));
    }

    void putBinary(String name) {
        secrets.put(name, Map.of("SecretBinary", "AAEC"));
    }

    List<String> asked() {
        return asked;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var headers = exchange.getRequestHeaders();
            var name = JSON.readTree(body).path("SecretId").asString("");
            asked.add(name);
            if (!Signature.isRight(exchange, body)) {
                answer(exchange, 400, Map.of("__type", "InvalidSignatureException", "message", "…"));
            } else if (!List.of(sessionToken).equals(headers.getOrDefault(Signature.SESSION_TOKEN, List.of("")))) {
                answer(exchange, 400, Map.of("__type", "UnrecognizedClientException", "message", "…"));
            } else if (!"secretsmanager.GetSecretValue".equals(headers.getFirst("X-Amz-Target"))
                    || !"application/x-amz-json-1.1".equals(headers.getFirst("Content-Type"))) {
                answer(exchange, 400, Map.of("__type", "UnknownOperationException", "message", "…"));
            } else if (!refusal.isEmpty()) {
                answer(
                        exchange,
                        refusal.equals("InternalServiceError") ? 500 : 400,
                        Map.of("__type", refusal, "Message", "said of hunter2"));
            } else if (secrets.containsKey(name)) {
                var answer = new ConcurrentHashMap<String, Object>(secrets.getOrDefault(name, Map.of()));
                answer.put("ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name + "-a1b2c3");
                answer.put("Name", name);
                answer.put("VersionId", "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1");
                answer.put("VersionStages", List.of("AWSCURRENT"));
                answer.put("CreatedDate", 1.523477145713E9);
                answer(exchange, 200, answer);
            } else {
                answer(
                        exchange,
                        400,
                        Map.of(
                                "__type", "ResourceNotFoundException",
                                "Message", "Secrets Manager can't find the specified secret."));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, Map<String, Object> body) throws IOException {
        var bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
