package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class MetricsTest extends RouterTest {

    @Test
    void requests_are_counted_by_instance_and_status_with_their_bytes() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(10, Duration.ofMillis(200))));
        assertThat(get(router, "/").statusCode()).isEqualTo(503);
        router.add(
                "web.1",
                upstream((request, connection) ->
                                connection.respond(request.line().startsWith("POST") ? 404 : 200, "four"))
                        .address());

        get(router, "/");
        get(router, "/");
        post(router, "a body");
        told(4);

        RouterMetrics metrics = router.metrics();
        assertThat(metrics.requests()).isEqualTo(Map.of("", Map.of("5xx", 1L), "web.1", Map.of("2xx", 2L, "4xx", 1L)));
        assertThat(metrics.heldTotal()).isEqualTo(1);
        assertThat(metrics.bytesReceived()).isEqualTo(6);
        assertThat(metrics.inFlight()).isZero();
        assertThat(accesses).allMatch(Access::complete);
        assertThat(metrics.incomplete()).isZero();
        long refusal = accesses.getFirst().bytesSent();
        assertThat(metrics.bytesSent()).isEqualTo(refusal + 12);
        assertThat(metrics.toPrometheus())
                .contains("# TYPE coatcheck_router_requests_total counter\n")
                .contains("coatcheck_router_requests_total{instance=\"web.1\",status=\"2xx\"} 2\n")
                .contains("coatcheck_router_requests_total{instance=\"\",status=\"5xx\"} 1\n")
                .contains("coatcheck_router_received_bytes_total 6\n")
                .endsWith("\n");
        assertThat(metrics.toPrometheus().lines())
                .allMatch(line -> line.matches("# TYPE [a-z_]+ (counter|gauge)|[a-z_]+(\\{[^}]*})? [0-9]+"));
    }

    @Test
    void retries_ejections_and_what_is_under_way_are_counted() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withQuarantine(Duration.ofMinutes(1))));
        router.add("web.1", refusing());
        router.add("web.2", answering("ok").address());
        assertThat(get(router, "/").statusCode()).isEqualTo(200);
        assertThat(get(router, "/").statusCode()).isEqualTo(200);
        router.pause();
        CompletableFuture<?> waiting =
                http.sendAsync(HttpRequest.newBuilder(uri(router, "/")).build(), BodyHandlers.ofString());
        await().until(() -> router.held() == 1);
        told(2);

        RouterMetrics metrics = router.metrics();

        assertThat(metrics.retries()).isEqualTo(1);
        assertThat(metrics.ejections()).isEqualTo(1);
        assertThat(metrics.held()).isEqualTo(1);
        assertThat(metrics.inFlight()).isEqualTo(1);
        assertThat(metrics.tunnels()).isZero();
        router.resume();
        waiting.get();
    }

    @Test
    void the_access_log_tells_who_asked_how_and_whether_all_was_sent() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Content-Length: 100");
                            connection.write("not all");
                            connection.reset();
                        })
                        .address());
        client(router)
                .send("POST /x?secret HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                .in
                .readAllBytes();

        Access access = told(1).getFirst();
        assertThat(access.client()).isEqualTo("127.0.0.1");
        assertThat(access.protocol()).isEqualTo("HTTP/1.1");
        assertThat(access.path()).isEqualTo("/x");
        assertThat(access.bytesReceived()).isEqualTo(4);
        assertThat(access.complete()).isFalse();
        assertThat(router.metrics().incomplete()).isEqualTo(1);
    }
}
