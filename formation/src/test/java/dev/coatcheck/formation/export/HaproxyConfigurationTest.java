package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real HAProxy with the exported configuration, before an instance that answers with the headers that it was sent. */
@Timeout(60)
class HaproxyConfigurationTest {
    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer instance;
    private ProcessGroup haproxy;
    private int port;

    @BeforeEach
    void start() throws IOException {
        Command.assumeInstalled("haproxy");
        instance = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        instance.createContext("/", exchange -> {
            StringBuilder headers = new StringBuilder();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> values.forEach(value ->
                            headers.append(name).append(": ").append(value).append('\n')));
            byte[] body = headers.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        instance.start();
        port = TcpPorts.free();
        Manifests manifests = Engine.SYSTEMD.export(
                TestApplication.in(folder.resolve("shop"), "web: a\n").read(), ExportSettings.defaults());
        String exported = manifests.files().stream()
                .filter(file -> file.name().equals("haproxy.cfg"))
                .findFirst()
                .orElseThrow()
                .text();
        Path configuration = Files.writeString(
                folder.resolve("haproxy.cfg"),
                exported.replaceAll("(?m)^ *(user|group|log /dev/log|stats socket) .*\n", "")
                        .replaceAll("(?m)bind :\\d+$", "bind 127.0.0.1:" + port)
                        .replace(
                                "127.0.0.1:5001",
                                "127.0.0.1:" + instance.getAddress().getPort()));
        haproxy = ProcessGroup.start(new ProcessBuilder("haproxy", "-db", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile()));
        await().atMost(Duration.ofSeconds(30))
                .ignoreException(ConnectException.class)
                .until(() -> get().statusCode() == 200);
    }

    @AfterEach
    void stop() {
        client.close();
        if (haproxy != null) {
            haproxy.close();
        }
        if (instance != null) {
            instance.stop(0);
        }
    }

    @Test
    void what_a_client_says_of_itself_does_not_reach_an_instance() throws Exception {
        String headers = get(
                        "X-Forwarded-For", "6.6.6.6",
                        "X_Forwarded_Host", "evil.example",
                        "X-Forwarded_Proto", "https",
                        "X-Forwarded-Prefix", "/admin",
                        "X-Real-Ip", "6.6.6.6",
                        "X_Real_IP", "6.6.6.6",
                        "Forwarded", "for=6.6.6.6",
                        "X_Request_Id", "sly",
                        "Content_Length", "3",
                        "X-Harmless", "stays")
                .body();
        assertThat(headers.toLowerCase(Locale.ROOT).lines())
                .contains(
                        "x-forwarded-for: 127.0.0.1",
                        "x-forwarded-host: 127.0.0.1:" + port,
                        "x-forwarded-proto: http",
                        "x-forwarded-port: " + port,
                        "x-harmless: stays")
                .noneMatch(line -> line.matches(".*(6\\.6\\.6\\.6|evil|https|admin|sly|_).*"));
    }

    @Test
    void a_harmless_request_id_is_kept() throws Exception {
        assertThat(get("X-Request-Id", "Trace-1.a_b~c:d/e+f=g@h").body())
                .containsIgnoringCase("X-Request-Id: Trace-1.a_b~c:d/e+f=g@h\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,<script>", "a\"b", "a$b", "a;b", ""})
    void any_other_request_id_is_replaced(String id) throws Exception {
        assertThat(get("X-Request-Id", id).body()).containsPattern("(?im)^X-Request-Id: [0-9a-f-]{36}$");
    }

    private HttpResponse<String> get(String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(10));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
