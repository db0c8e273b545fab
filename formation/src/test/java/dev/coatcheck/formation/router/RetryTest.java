package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryTest extends RouterTest {

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PATCH", "DELETE"})
    void a_refused_connection_costs_no_request_whatever_its_method_is(String method) throws Exception {
        Router router = router();
        router.add("web.1", refusing());
        router.add("web.2", refusing());
        router.add("web.3", answering("well").address());

        for (int i = 0; i < 6; i++) {
            HttpResponse<String> response =
                    send(HttpRequest.newBuilder(uri(router, "/")).method(method, BodyPublishers.ofString("body")));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("well");
        }
    }

    @Test
    void an_instance_that_refused_is_asked_last_for_a_while() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withQuarantine(Duration.ofMinutes(1))));
        router.add("web.1", refusing());
        router.add("web.2", answering("well").address());

        for (int i = 0; i < 10; i++) {
            get(router, "/");
        }

        assertThat(told(10).stream().mapToInt(Access::attempts).sum()).isLessThanOrEqualTo(11);
    }

    @Test
    void an_instance_that_refused_is_asked_again_where_no_other_is_left() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withQuarantine(Duration.ofMinutes(1))));
        InetSocketAddress address = refusing();
        router.add("web.1", address);
        CompletableFuture<HttpResponse<String>> waiting =
                http.sendAsync(HttpRequest.newBuilder(uri(router, "/")).build(), BodyHandlers.ofString());

        HttpServer late = HttpServer.create(address, 0);
        late.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        late.start();
        closeLater(() -> late.stop(0));

        assertThat(waiting.get().statusCode()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "HEAD"})
    void an_idempotent_request_whose_instance_died_over_it_is_answered_by_another(String method) throws Exception {
        Router router = router();
        RawUpstream first = upstream((request, connection) -> connection.reset());
        RawUpstream second = upstream((request, connection) -> connection.reset());
        RawUpstream third = upstream((request, connection) -> connection.write(
                "HTTP/1.1 204 No Content\r\nX-Got: " + request.line() + " " + request.body() + "\r\n\r\n"));
        router.add("web.1", first.address());
        router.add("web.2", second.address());
        router.add("web.3", third.address());
        String body = method.equals("PUT") ? "important" : "";

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = send(HttpRequest.newBuilder(uri(router, "/it"))
                    .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
            assertThat(response.statusCode()).isEqualTo(204);
            assertThat(response.headers().firstValue("X-Got")).contains((method + " /it HTTP/1.1 " + body).strip());
        }
        assertThat(first.requests).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-"})
    void a_response_has_begun_with_its_first_byte(String begin) throws Exception {
        Router router = router();
        AtomicInteger received = new AtomicInteger();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                received.incrementAndGet();
                                connection.write(begin);
                                connection.close();
                            })
                            .address());
        }

        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(router, "/")).DELETE());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(received).hasValue(1);
    }

    @Test
    void a_post_whose_instance_died_over_it_is_never_sent_twice() throws Exception {
        Router router = router();
        AtomicInteger received = new AtomicInteger();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                received.incrementAndGet();
                                connection.reset();
                            })
                            .address());
        }

        HttpResponse<String> response = post(router, "pay");

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("\"error\":\"instance-failed\"").contains("may have taken effect");
        assertThat(received).hasValue(1);
    }

    @Test
    void a_put_with_a_body_too_large_to_keep_is_not_sent_twice() throws Exception {
        Router router = router();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> connection.reset()).address());
        }

        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(router, "/")).PUT(BodyPublishers.ofByteArray(new byte[200_000])));

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(told(1)).extracting(Access::attempts).containsExactly(1);
    }

    @Test
    void a_request_that_timed_out_is_not_sent_again() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withResponse(Duration.ofMillis(300))));
        AtomicInteger received = new AtomicInteger();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                received.incrementAndGet();
                                connection.readHead();
                            })
                            .address());
        }

        HttpResponse<String> response = get(router, "/");

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(response.body()).contains("\"error\":\"instance-timed-out\"").contains("0.3 s");
        // It lies in the connection, though nobody may have read it yet.
        await().untilAsserted(() -> assertThat(received).hasValue(1));
    }

    @Test
    void a_response_that_has_begun_is_cut_and_not_begun_again() throws Exception {
        Router router = router();
        AtomicInteger received = new AtomicInteger();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                received.incrementAndGet();
                                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                                connection.close();
                            })
                            .address());
        }
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        String everything = new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1);

        assertThat(everything).startsWith("HTTP/1.1 200").endsWith("half");
        assertThat(received).hasValue(1);
    }

    @Test
    void a_response_of_which_only_the_head_came_is_begun_anew_as_long_as_the_client_has_seen_nothing()
            throws Exception {
        Router router = router();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                                connection.close();
                            })
                            .address());
        }
        router.add("web.3", answering("whole").address());

        int whole = 0;
        for (int i = 0; i < 30; i++) {
            RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            String everything = new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1);
            // Which it is depends on whether the end had arrived when the head was read.
            assertThat(everything).startsWith("HTTP/1.1 200");
            whole += everything.endsWith("whole") ? 1 : 0;
        }

        assertThat(whole).isGreaterThanOrEqualTo(10);
        assertThat(told(30)).anyMatch(access -> access.attempts() > 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void a_request_that_only_reads_is_repeated_although_part_of_a_head_had_come(String method) throws Exception {
        Router router = router();
        RawUpstream first = upstream((request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Le");
            connection.close();
        });
        router.add("web.1", first.address());
        router.add("web.2", answering("well").address());

        for (int i = 0; i < 2; i++) {
            assertThat(send(HttpRequest.newBuilder(uri(router, "/")).method(method, BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(first.requests).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "OPTIONS"})
    void a_request_that_may_have_an_effect_is_not_repeated_once_part_of_its_answer_came(String method)
            throws Exception {
        Router router = router();
        AtomicInteger received = new AtomicInteger();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> {
                                received.incrementAndGet();
                                connection.write("HTTP/1.1 204 No Con");
                                connection.close();
                            })
                            .address());
        }

        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(router, "/")).method(method, BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("may have taken effect");
        assertThat(received).hasValue(1);
    }

    @Test
    void requests_go_on_being_tried_until_the_hold_limit() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(10, Duration.ofSeconds(4))));
        router.add("web.1", refusing());

        HttpResponse<String> response = get(router, "/");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(told(1).getFirst().attempts()).isGreaterThan(2);
        assertThat(told(1).getFirst().took()).isGreaterThanOrEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void a_request_that_ends_instance_after_instance_is_given_to_five_of_them() throws Exception {
        Router router = router();
        AtomicInteger ended = new AtomicInteger();
        addOneThatEndsOverItsRequest(router, ended);

        HttpResponse<String> response = get(router, "/");

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("Several instances ended one after the other");
        assertThat(ended).hasValue(5);
    }

    /** As where a process ends: out of rotation, its connections reset, and another takes its place. */
    private void addOneThatEndsOverItsRequest(Router router, AtomicInteger ended) throws IOException {
        CompletableFuture<Upstream> self = new CompletableFuture<>();
        RawUpstream mortal = upstream((request, connection) -> {
            self.join().remove();
            if (ended.incrementAndGet() < 20) {
                addOneThatEndsOverItsRequest(router, ended);
            }
            connection.reset();
        });
        self.complete(router.add("web." + ended, mortal.address()));
    }

    @Test
    void of_many_that_are_ready_a_request_ends_no_more() throws Exception {
        Router router = router();
        AtomicInteger ended = new AtomicInteger();
        for (int i = 1; i <= 10; i++) {
            addOneWhoseEndIsNoticedLater(router, "web." + i, ended);
        }

        assertThat(get(router, "/").statusCode()).isEqualTo(502);
        assertThat(ended).hasValue(5);
    }

    /** The connections of a process end before its own end is known, of which one is known sooner than the others. */
    private void addOneWhoseEndIsNoticedLater(Router router, String name, AtomicInteger ended) throws IOException {
        CompletableFuture<Upstream> self = new CompletableFuture<>();
        RawUpstream mortal = upstream((request, connection) -> {
            boolean first = ended.incrementAndGet() == 1;
            connection.reset();
            if (!first) {
                Thread.sleep(300);
            }
            self.join().remove();
        });
        self.complete(router.add(name, mortal.address()));
    }

    @Test
    void one_instance_that_breaks_connections_again_and_again_is_one() throws Exception {
        Router router = router();
        CompletableFuture<Upstream> self = new CompletableFuture<>();
        AtomicInteger broken = new AtomicInteger();
        RawUpstream breaking = upstream((request, connection) -> {
            connection.reset();
            if (broken.incrementAndGet() == 6) {
                self.join().remove();
                router.add(
                        "web.2",
                        upstream((again, other) -> other.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"))
                                .address());
            }
        });
        self.complete(router.add("web.1", breaking.address()));

        assertThat(get(router, "/").body()).isEqualTo("here");
    }

    @Test
    void an_instance_that_always_dies_does_not_hold_a_request_for_ever() throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(10, Duration.ofMillis(500))));
        router.add(
                "web.1", upstream((request, connection) -> connection.reset()).address());

        HttpResponse<String> response = get(router, "/");

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("Each instance that was asked ended before it answered");
    }
}
