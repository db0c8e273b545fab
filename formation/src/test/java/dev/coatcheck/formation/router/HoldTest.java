package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class HoldTest extends RouterTest {

    private CompletableFuture<HttpResponse<String>> ask(Router router, String path) {
        return http.sendAsync(HttpRequest.newBuilder(uri(router, path)).build(), BodyHandlers.ofString());
    }

    @Test
    void requests_wait_for_an_instance_and_reach_it_in_the_order_of_their_arrival() throws Exception {
        Router router = router(settings().withIoThreads(1));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(client(router).send("POST /" + i + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"));
            // The next one must not overtake it on its way to the router.
            assertThat(client(router)
                            .send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n")
                            .read()
                            .status())
                    .isEqualTo(501);
        }
        RawUpstream upstream = closeLater(RawUpstream.startOneAtATime((request, connection) -> {
            connection.respond(200, "at last");
            connection.close();
        }));
        router.add("web.1", upstream.address());

        for (RawClient client : clients) {
            assertThat(client.read().body()).isEqualTo("at last");
        }
        assertThat(upstream.requests).extracting(RawUpstream.Request::body).containsOnly("hi");
        assertThat(upstream.requests)
                .extracting(request -> request.line().charAt("POST /".length()))
                .containsExactly('0', '1', '2', '3', '4');
    }

    @Test
    void a_request_that_has_waited_long_enough_is_told_to_come_again() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(10, Duration.ofMillis(300))));

        HttpResponse<String> response = get(router, "/");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("5");
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).contains("\"error\":\"no-instance-ready\"");
        assertThat(told(1).getFirst().instance()).isEmpty();
    }

    @Test
    void a_browser_is_told_in_words() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(0, Duration.ofSeconds(30))));

        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(router, "/")).header("Accept", "text/html,application/xml;q=0.9,*/*"));

        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(response.body()).startsWith("No instance of the application is ready");
    }

    @Test
    void more_requests_than_can_be_held_are_refused_at_once() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(2, Duration.ofSeconds(30))));
        CompletableFuture<HttpResponse<String>> first = ask(router, "/1");
        CompletableFuture<HttpResponse<String>> second = ask(router, "/2");
        await().until(() -> router.held() == 2);

        assertThat(get(router, "/3").statusCode()).isEqualTo(503);

        router.add("web.1", answering("ok").address());
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(second.get().statusCode()).isEqualTo(200);
    }

    @Test
    void a_client_that_leaves_while_it_is_held_is_forgotten() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(1, Duration.ofSeconds(30))));
        RawClient leaves = client(router).send("GET /left HTTP/1.1\r\nHost: a\r\n\r\n");
        await().until(() -> router.held() == 1);

        leaves.close();

        await().until(() -> router.held() == 0);
        assertThat(told(1)).extracting(Access::status).containsExactly(Access.CLIENT_LEFT);
        RawUpstream upstream = answering("ok");
        router.add("web.1", upstream.address());
        assertThat(get(router, "/stayed").statusCode()).isEqualTo(200);
        assertThat(upstream.requests).hasSize(1);
    }

    @Test
    void a_request_that_the_client_sends_early_is_answered_after_the_one_that_is_held() throws Exception {
        Router router = router();
        RawClient client = client(router).send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        await().until(() -> router.held() == 1);
        client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        router.add(
                "web.1",
                upstream((request, connection) -> connection.respond(200, request.line()))
                        .address());

        assertThat(client.read().body()).startsWith("GET /1 ");
        assertThat(client.read().body()).startsWith("GET /2 ");
    }

    @Test
    void a_request_whose_client_leaves_is_given_up_at_the_instance_too() throws Exception {
        Router router = router();
        CountDownLatch gone = new CountDownLatch(1);
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            if (connection.readHead() == null) {
                                gone.countDown();
                            }
                        })
                        .address());
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await().until(() -> upstream.inFlight() == 1);

        client.close();

        gone.await();
        await().until(() -> upstream.inFlight() == 0);
    }

    @Test
    void requests_wait_again_once_the_last_instance_was_removed() throws Exception {
        Router router = router();
        Upstream first = router.add("web.1", answering("first").address());
        assertThat(get(router, "/").body()).isEqualTo("first");
        first.remove();
        CompletableFuture<HttpResponse<String>> waiting = ask(router, "/");
        await().until(() -> router.held() == 1);

        router.add("web.2", answering("second").address());

        assertThat(waiting.get().body()).isEqualTo("second");
    }
}
