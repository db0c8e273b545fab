package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An instance may close a kept connection at the very moment at which the next request is sent on it. */
final class StaleConnectionTest extends RouterTest {

    @Test
    void no_request_is_lost_to_an_instance_that_closes_after_each_response_without_saying_so() throws Exception {
        Router router = router();
        AtomicInteger effects = new AtomicInteger();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                if (request.line().startsWith("POST")) {
                                    effects.incrementAndGet();
                                }
                                connection.respond(200, "ok");
                                connection.close();
                            })
                            .address());
        }

        int posts = hammer(router, 8, 150);

        assertThat(effects).hasValue(posts);
    }

    @Test
    void no_request_is_lost_to_an_instance_that_closes_connections_that_were_idle_for_a_moment() throws Exception {
        Router router = router();
        AtomicInteger effects = new AtomicInteger();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            if (request.line().startsWith("POST")) {
                                effects.incrementAndGet();
                            }
                            connection.respond(200, "ok");
                            connection.closeWhenIdleFor(Duration.ofMillis(3));
                        })
                        .address());

        int posts = hammer(router, 6, 150);

        assertThat(effects).hasValue(posts);
    }

    /** Half of the requests are POST, and some are uploads too large to keep. Returns how many were POST. */
    private int hammer(Router router, int clients, int each) throws Exception {
        List<Future<Integer>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < clients; c++) {
                running.add(threads.submit(() -> {
                    int posts = 0;
                    for (int i = 0; i < each; i++) {
                        boolean post = i % 2 == 0;
                        HttpResponse<String> response =
                                post ? post(router, "x") : i % 5 == 0 ? put(router) : get(router, "/");
                        assertThat(response.statusCode()).isEqualTo(200);
                        posts += post ? 1 : 0;
                    }
                    return posts;
                }));
            }
        }
        int posts = 0;
        for (Future<Integer> client : running) {
            posts += client.get();
        }
        return posts;
    }

    private HttpResponse<String> put(Router router) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(router, "/")).PUT(BodyPublishers.ofByteArray(new byte[100_000])));
    }

    @Test
    void connections_to_an_instance_are_used_again_and_closed_before_the_instance_would() throws Exception {
        Router router = router(settings()
                .withIoThreads(1)
                .withTimeouts(settings().timeouts().withUpstreamKeepAlive(Duration.ofSeconds(5))));
        AtomicInteger connections = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        RawUpstream upstream = upstream((request, connection) -> {
            connections.incrementAndGet();
            connection.respond(200, "ok");
            while (connection.readHead() != null) {
                connection.respond(200, "ok");
            }
            ended.incrementAndGet();
        });
        router.add("web.1", upstream.address());

        for (int i = 0; i < 20; i++) {
            get(router, "/");
        }

        assertThat(connections).hasValue(1);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ended).hasValue(1));
    }

    @Test
    void a_connection_on_which_an_instance_sent_too_much_serves_no_other_request() throws Exception {
        Router router = router(settings().withIoThreads(1));
        String whole = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine";
        router.add(
                "web.1",
                upstream((request, connection) -> connection.write(
                                whole + whole.replace("mine", "evil").repeat(3)))
                        .address());
        RawClient first = client(router);
        RawClient second = client(router);

        for (int i = 0; i < 50; i++) {
            first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
            second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            for (int j = 0; j < 3; j++) {
                assertThat(first.read().body()).isEqualTo("mine");
            }
            assertThat(second.read().body()).isEqualTo("mine");
        }
    }

    @Test
    void a_connection_that_the_instance_wants_to_close_is_not_used_again() throws Exception {
        Router router = router();
        AtomicInteger connections = new AtomicInteger();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connections.incrementAndGet();
                            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                            connection.close();
                        })
                        .address());
        RawClient client = client(router);

        for (int i = 0; i < 5; i++) {
            RawClient.Response response =
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Connection")).isNotEqualTo(Optional.of("close"));
        }
        assertThat(connections).hasValue(5);
    }

    @Test
    void an_instance_that_serves_one_connection_at_a_time_is_not_kept_waiting_by_an_unused_one() throws Exception {
        Router router = router(settings()
                .withIoThreads(1)
                .withTimeouts(settings().timeouts().withUpstreamKeepAlive(Duration.ofSeconds(40))));
        RawUpstream upstream =
                closeLater(RawUpstream.startOneAtATime((request, connection) -> connection.respond(200, "ok")));
        router.add("web.1", upstream.address());

        for (int i = 0; i < 3; i++) {
            assertThat(get(router, "/").statusCode()).isEqualTo(200);
            assertThat(post(router, "x").statusCode()).isEqualTo(200);
        }

        assertThat(told(6)).allMatch(access -> access.took().compareTo(Duration.ofSeconds(15)) < 0);
    }
}
