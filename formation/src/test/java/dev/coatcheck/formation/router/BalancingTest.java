package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class BalancingTest extends RouterTest {

    @Test
    void requests_one_after_another_use_every_instance_evenly() throws Exception {
        Router router = router();
        for (int i = 1; i <= 3; i++) {
            router.add("web." + i, answering("web." + i).address());
        }

        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(get(router, "/").body());
        }

        assertThat(answers.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
                .isEqualTo(Map.of("web.1", 10L, "web.2", 10L, "web.3", 10L));
    }

    @Test
    void no_cookie_and_no_connection_binds_a_client_to_an_instance() throws Exception {
        Router router = router();
        for (int i = 1; i <= 2; i++) {
            router.add("web." + i, answering("web." + i).address());
        }
        RawClient client = client(router);

        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: JSESSIONID=x.web.1\r\n\r\n")
                    .read()
                    .body());
        }

        assertThat(Collections.frequency(answers, "web.1")).isEqualTo(2);
        assertThat(Collections.frequency(answers, "web.2")).isEqualTo(2);
    }

    @Test
    void a_request_goes_to_the_instance_with_the_fewest_in_flight() throws Exception {
        Router router = router();
        CountDownLatch finish = new CountDownLatch(1);
        RawUpstream slow = upstream((request, connection) -> {
            finish.await();
            connection.respond(200, "slow");
        });
        Upstream busy = router.add("web.1", slow.address());
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(http.sendAsync(
                    HttpRequest.newBuilder(uri(router, "/")).build(), HttpResponse.BodyHandlers.ofString()));
        }
        await().untilAsserted(() -> assertThat(busy.inFlight()).isEqualTo(3));
        Upstream quiet = router.add("web.2", answering("quick").address());

        for (int i = 0; i < 6; i++) {
            assertThat(get(router, "/").body()).isEqualTo("quick");
        }

        finish.countDown();
        for (CompletableFuture<HttpResponse<String>> response : waiting) {
            assertThat(response.get().body()).isEqualTo("slow");
        }
        await().untilAsserted(() -> assertThat(busy.inFlight()).isZero());
        assertThat(quiet.inFlight()).isZero();
    }

    @Test
    void a_request_is_told_to_the_access_log_without_its_query() throws Exception {
        Router router = router();
        router.add("web.1", answering("hello").address());

        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(router, "/a/b?token=secret")).header("X-Request-Id", "r-1"));

        assertThat(response.body()).isEqualTo("hello");
        Access access = told(1).getFirst();
        assertThat(access.method()).isEqualTo("GET");
        assertThat(access.path()).isEqualTo("/a/b");
        assertThat(access.status()).isEqualTo(200);
        assertThat(access.instance()).contains("web.1");
        assertThat(access.requestId()).isEqualTo("r-1");
        assertThat(access.bytesSent()).isEqualTo(5);
        assertThat(access.attempts()).isEqualTo(1);
        assertThat(access.took()).isPositive();
    }
}
