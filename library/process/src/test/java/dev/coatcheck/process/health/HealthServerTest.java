package dev.coatcheck.process.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.Instance;
import dev.coatcheck.process.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthServerTest {
    private final Lifecycle lifecycle = Lifecycle.embedded(Duration.ofSeconds(5));
    private final Health health = Health.of(lifecycle).check("redis", () -> {});
    private final Metrics metrics = Metrics.of(lifecycle);
    private final HealthEndpoints endpoints = new HealthEndpoints(health, metrics);
    private final HealthServer server = HealthServer.start(0, endpoints);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.close();
        server.close();
        metrics.close();
        lifecycle.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        var uri = URI.create("http://localhost:" + server.tcpPort() + path);
        var request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void readiness_and_liveness_are_status_and_json() throws Exception {
        var before = send("GET", "/health/ready");
        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).contains("\"ready\":false,\"state\":\"starting\"");

        lifecycle.ready();

        var ready = send("GET", "/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(ready.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(ready.body())
                .contains("\"ready\":true,\"state\":\"ready\"", "{\"name\":\"redis\",\"up\":true,\"millis\":");
        var live = send("GET", "/health/live");
        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body())
                .isEqualTo("{\"live\":true,\"state\":\"ready\",\"instance\":\"" + Instance.name() + "\"}");

        lifecycle.close();
        assertThat(send("GET", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(send("GET", "/health/live").statusCode()).isEqualTo(503);
    }

    @Test
    void metrics_are_in_the_text_format_of_prometheus() throws Exception {
        lifecycle.ready();
        metrics.registry().counter("photos.stored").increment();

        var answer = send("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(Metrics.CONTENT_TYPE);
        assertThat(answer.body())
                .contains(
                        "coatcheck_lifecycle_state{state=\"ready\"} 1.0",
                        "coatcheck_lifecycle_state{state=\"draining\"} 0.0",
                        "jvm_memory_used_bytes{",
                        "process_uptime_seconds ",
                        "process_cpu_usage ",
                        "photos_stored_total 1.0");
    }

    @Test
    void what_is_not_there_is_404_and_what_changes_things_is_405() throws Exception {
        assertThat(send("GET", "/").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/health").statusCode()).isEqualTo(404);
        var post = send("POST", "/health/live");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        var head = send("HEAD", "/health/live");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void a_request_that_never_ends_is_cut() throws Exception {
        try (var slow = new Socket(InetAddress.getLoopbackAddress(), server.tcpPort())) {
            slow.setSoTimeout(20_000);
            slow.getOutputStream().write("GET /health/li".getBytes(StandardCharsets.US_ASCII));

            assertThat(slow.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(send("GET", "/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void it_listens_on_the_loopback_address_unless_told_otherwise() throws Exception {
        var other = new InetSocketAddress("127.0.0.2", server.tcpPort());
        try (var socket = new Socket()) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> socket.connect(other, 2_000));
        }

        try (var open = HealthServer.start("0.0.0.0", 0, endpoints);
                var socket = new Socket("127.0.0.2", open.tcpPort())) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @Test
    void a_tcp_port_that_is_taken_is_named() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> HealthServer.start(server.tcpPort(), endpoints))
                .withMessageContaining("TCP port " + server.tcpPort());
    }

    @Test
    void nothing_of_it_is_left_when_it_is_closed() {
        server.close();

        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> send("GET", "/health/live"));
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("HTTP-Dispatcher")));
    }
}
