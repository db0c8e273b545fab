package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class PauseTest extends RouterTest {

    private CompletableFuture<HttpResponse<String>> ask(Router router) {
        return http.sendAsync(HttpRequest.newBuilder(uri(router, "/")).build(), BodyHandlers.ofString());
    }

    @Test
    void requests_wait_while_the_router_is_paused_and_go_on_when_it_resumes() throws Exception {
        Router router = router();
        RawUpstream upstream = answering("ok");
        router.add("web.1", upstream.address());
        assertThat(router.isPaused()).isFalse();

        router.pause();
        router.pause();
        CompletableFuture<HttpResponse<String>> waiting = ask(router);
        await().until(() -> router.held() == 1);

        assertThat(router.isPaused()).isTrue();
        assertThat(upstream.requests).isEmpty();
        router.resume();
        assertThat(waiting.get().body()).isEqualTo("ok");
        assertThat(router.isPaused()).isFalse();
        assertThat(router.held()).isZero();
        router.resume();
        assertThat(get(router, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void an_instance_that_is_added_during_a_pause_waits_for_its_end() throws Exception {
        Router router = router();
        router.pause();
        CompletableFuture<HttpResponse<String>> waiting = ask(router);
        await().until(() -> router.held() == 1);

        RawUpstream upstream = answering("new");
        router.add("web.1", upstream.address());
        CompletableFuture<HttpResponse<String>> second = ask(router);
        await().until(() -> router.held() == 2);

        assertThat(upstream.requests).isEmpty();
        router.resume();
        assertThat(waiting.get().body()).isEqualTo("new");
        assertThat(second.get().body()).isEqualTo("new");
    }

    @Test
    void what_is_in_flight_finishes_and_may_be_sent_to_another_instance() throws Exception {
        Router router = router();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch die = new CountDownLatch(1);
        RawUpstream dying = upstream((request, connection) -> {
            asked.countDown();
            die.await();
            connection.reset();
        });
        router.add("web.1", dying.address());
        CompletableFuture<HttpResponse<String>> inFlight = ask(router);
        asked.await();

        router.pause();
        router.add("web.2", answering("second").address());
        die.countDown();

        assertThat(inFlight.get().body()).isEqualTo("second");
        router.resume();
    }

    @Test
    void requests_beyond_the_bounds_are_told_of_the_maintenance() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(1, Duration.ofSeconds(4))));
        router.add("web.1", answering("ok").address());
        router.pause();
        CompletableFuture<HttpResponse<String>> waited = ask(router);
        await().until(() -> router.held() == 1);

        for (HttpResponse<String> response : List.of(get(router, "/"), waited.get())) {
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
            assertThat(response.body()).contains("\"error\":\"maintenance\"");
        }
        router.resume();
        assertThat(get(router, "/").statusCode()).isEqualTo(200);
    }
}
