package dev.coatcheck.secretsmanager;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** What an instance of EC2 tells the processes on it, as AWS's documentation says: its region, and credentials of its role. */
final class InstanceMetadata implements AutoCloseable {
    static final String SESSION_TOKEN = "IQoJb3JpZ2luX2Vj";

    private static final String TOKEN = "AQAEALduxl";
    private static final String REGION = "/latest/dynamic/instance-identity/document";
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
    private static final Map<String, String> TOLD = Map.of(
            REGION, "{\"region\": \"" + Signature.REGION + "\"}", ROLES, "gallery", ROLES + "gallery", """
            {"Code": "Success", "LastUpdated": "2026-04-26T16:39:16Z", "Type": "AWS-HMAC", "AccessKeyId": "%s",
             "SecretAccessKey": "%s", "Token": "%s", "Expiration": "2999-05-17T15:09:54Z"}
            """.formatted(
                            Signature.KEY_ID, Signature.KEY, SESSION_TOKEN));

    private final HttpServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    InstanceMetadata() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    long askedForTheRegion() {
        return asked.stream().filter(REGION::equals).count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            asked.add(path);
            if (path.equals("/latest/api/token")) {
                exchange.getResponseHeaders().set("X-aws-ec2-metadata-token-ttl-seconds", "21600");
                answer(exchange, exchange.getRequestMethod().equals("PUT") ? 200 : 405, TOKEN);
            } else if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
                answer(exchange, 401, "Unauthorized");
            } else {
                var told = TOLD.get(path);
                answer(exchange, told == null ? 404 : 200, told == null ? "Not Found" : told);
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
