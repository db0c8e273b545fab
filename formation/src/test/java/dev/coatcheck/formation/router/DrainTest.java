package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DrainTest extends RouterTest {

    private CompletableFuture<HttpResponse<String>> ask(Router router) {
        return http.sendAsync(HttpRequest.newBuilder(uri(router, "/")).build(), BodyHandlers.ofString());
    }

    @Test
    void once_an_instance_is_removed_no_new_request_goes_to_it_and_those_in_flight_finish() throws Exception {
        Router router = router();
        CountDownLatch finish = new CountDownLatch(1);
        RawUpstream old = upstream((request, connection) -> {
            finish.await();
            connection.respond(200, "old");
        });
        Upstream upstream = router.add("web.1", old.address());
        CompletableFuture<HttpResponse<String>> inFlight = ask(router);
        await().until(() -> old.requests.size() == 1);
        router.add("web.2", answering("new").address());

        upstream.remove();
        for (int i = 0; i < 10; i++) {
            assertThat(get(router, "/").body()).isEqualTo("new");
        }

        assertThat(upstream.awaitIdle(Duration.ofMillis(100))).isFalse();
        assertThat(upstream.inFlight()).isEqualTo(1);
        finish.countDown();
        assertThat(upstream.awaitIdle(Duration.ofSeconds(5))).isTrue();
        assertThat(inFlight.get().body()).isEqualTo("old");
        assertThat(old.requests).hasSize(1);
    }

    @Test
    void instances_can_be_replaced_under_load_without_one_failed_request() throws Exception {
        Router router = router();
        AtomicBoolean stop = new AtomicBoolean();
        RawUpstream first = answering("ok");
        Upstream current = router.add("web.0", first.address());
        AtomicInteger served = new AtomicInteger();
        CompletableFuture<Void> client = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                try {
                    assertThat(post(router, "x").statusCode()).isEqualTo(200);
                    assertThat(get(router, "/").statusCode()).isEqualTo(200);
                } catch (Exception e) {
                    throw new AssertionError("A request failed after " + served, e);
                }
                served.incrementAndGet();
            }
        });

        for (int i = 1; i <= 30; i++) {
            RawUpstream next = RawUpstream.answering("ok");
            Upstream added = router.add("web." + i, next.address());
            current.remove();
            assertThat(current.awaitIdle(Duration.ofSeconds(5))).isTrue();
            first.die();
            int before = served.get();
            await().until(() -> served.get() > before || client.isDone());
            first = next;
            current = added;
        }
        stop.set(true);

        client.get();
        first.close();
    }

    @Test
    void a_router_that_is_closed_lets_requests_in_flight_finish_and_takes_no_others() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(10))));
        CountDownLatch finish = new CountDownLatch(1);
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            finish.await();
                            connection.respond(200, "finished");
                        })
                        .address());
        CompletableFuture<HttpResponse<String>> inFlight = ask(router);
        await().until(() -> upstream.inFlight() == 1);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(router::close);
        await().untilAsserted(() ->
                assertThatThrownBy(() -> new RawClient(router).close()).isInstanceOf(ConnectException.class));
        assertThat(closing).isNotDone();
        finish.countDown();

        assertThat(inFlight.get().body()).isEqualTo("finished");
        closing.get();
    }

    @Test
    void a_router_that_is_closed_waits_no_longer_than_the_drain_time() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofMillis(200))));
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> connection.readHead()).address());
        CompletableFuture<HttpResponse<String>> inFlight = ask(router);
        await().until(() -> upstream.inFlight() == 1);

        long begun = System.nanoTime();
        router.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
        assertThat(inFlight).failsWithin(Duration.ofSeconds(20));
        assertThat(upstream.inFlight()).isZero();
    }

    @Test
    void requests_that_are_held_when_the_router_is_closed_are_answered() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(5))));
        CompletableFuture<HttpResponse<String>> held = ask(router);
        await().until(() -> router.held() == 1);

        router.close();

        assertThat(held.get().statusCode()).isEqualTo(503);
    }

    @Test
    void no_thread_and_no_port_is_left_after_a_router_is_closed() throws Exception {
        Router router = Router.start(settings(), access -> {});
        router.add("web.1", answering("ok").address());
        get(router, "/");
        assertThat(threads()).anyMatch(name -> name.startsWith("router-"));

        router.close();
        router.close();

        await().until(() -> threads().noneMatch(name -> name.startsWith("router-")));
        Router.start(settings().withPort(router.port()), access -> {}).close();
    }

    private static Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    @Test
    void a_port_that_is_taken_is_named_with_what_to_do() {
        Router router = router();

        assertThatThrownBy(() -> Router.start(settings().withPort(router.port()), access -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("127.0.0.1:" + router.port())
                .hasMessageContaining("Choose another TCP port");
    }
}
