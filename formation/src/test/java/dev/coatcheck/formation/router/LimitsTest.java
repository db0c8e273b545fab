package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class LimitsTest extends RouterTest {
    private static final RouterSettings.Limits LIMITS = RouterSettings.Limits.defaults();
    private static final RouterSettings.Timeouts TIMEOUTS = settings().timeouts();

    @Test
    void a_body_that_is_announced_as_too_large_is_refused_before_it_is_sent() throws Exception {
        Router router = router(settings().withLimits(LIMITS.withBodyBytes(1000)));
        RawUpstream upstream = answering("ok");
        router.add("web.1", upstream.address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");

        RawClient.Response response = client.read();

        assertThat(response.status()).isEqualTo(413);
        assertThat(response.body()).contains("limit of 1000 bytes");
        assertThat(response.header("Connection")).contains("close");
        assertThat(upstream.requests).isEmpty();
        assertThat(client(router)
                        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000))
                        .read()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_body_that_grows_too_large_is_cut_off() throws Exception {
        Router router = router(settings().withLimits(LIMITS.withBodyBytes(100_000)));
        CountDownLatch cutOff = new CountDownLatch(1);
        RawUpstream upstream = closeLater(RawUpstream.startStreaming((request, connection) -> {
            try {
                connection.readBody(request.head());
            } finally {
                cutOff.countDown();
            }
            connection.respond(200, "a whole body");
        }));
        router.add("web.1", upstream.address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

        for (int i = 0; i < 11; i++) {
            client.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
        }

        assertThat(client.read().status()).isEqualTo(413);
        cutOff.await();
    }

    @Test
    void a_client_that_goes_on_sending_a_body_that_was_refused_sees_the_refusal() throws Exception {
        Router router = router(settings().withLimits(LIMITS.withBodyBytes(1000)));
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");

        for (int i = 0; i < 300; i++) {
            client.send("x".repeat(10_000));
        }

        assertThat(client.read().status()).isEqualTo(413);
    }

    @Test
    void a_head_that_is_too_large_is_refused() throws Exception {
        Router router = router(settings().withLimits(LIMITS.withHeadBytes(4096)));

        assertThat(client(router)
                        .send("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "x".repeat(4096) + "\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(431);
        assertThat(client(router)
                        .send("GET /" + "x".repeat(4096) + " HTTP/1.1\r\nHost: a\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(414);
        assertThat(client(router)
                        .send("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(110) + "\r\n")
                        .read()
                        .status())
                .isEqualTo(431);
        assertThat(client(router)
                        .send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(100_000))
                        .read()
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_client_that_sends_its_head_bit_by_bit_is_let_go() throws Exception {
        Router router = router(settings().withTimeouts(TIMEOUTS.withRequestHead(Duration.ofMillis(500))));
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n");
        client.socket.setSoTimeout(100);

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try {
                client.send("X: y\r\n");
                return client.isClosed();
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    @Test
    void a_client_that_says_nothing_is_let_go() throws Exception {
        Router router = router(settings().withTimeouts(TIMEOUTS.withKeepAlive(Duration.ofSeconds(3))));
        router.add("web.1", answering("ok").address());
        RawClient silent = client(router);
        RawClient quiet = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(quiet.read().status()).isEqualTo(200);

        assertThat(silent.isClosed()).isTrue();
        assertThat(quiet.isClosed()).isTrue();
    }

    @Test
    void a_client_that_stops_in_the_middle_of_a_body_is_told_so_and_let_go() throws Exception {
        Router router = router(settings().withTimeouts(TIMEOUTS.withRequestBody(Duration.ofMillis(300))));
        RawUpstream upstream = answering("ok");
        Upstream added = router.add("web.1", upstream.address());
        RawClient small = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
        RawClient large = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf");

        assertThat(small.read().status()).isEqualTo(408);
        assertThat(large.read().status()).isEqualTo(408);
        await().until(() -> added.inFlight() == 0);
        assertThat(upstream.requests).isEmpty();
    }

    @Test
    void a_stream_that_is_silent_for_too_long_is_closed() throws Exception {
        Router router = router(settings().withTimeouts(TIMEOUTS.withStream(Duration.ofMillis(300))));
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Transfer-Encoding: chunked");
                            connection.readHead();
                        })
                        .address());
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(Http.readHead(client.in)).contains("200 OK");
        assertThat(client.isClosed()).isTrue();
        await().until(() -> upstream.inFlight() == 0);
    }

    @Test
    void a_client_that_does_not_read_its_response_is_let_go() throws Exception {
        Router router = router(settings().withTimeouts(TIMEOUTS.withStream(Duration.ofMillis(300))));
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Content-Length: 100000000");
                            for (int i = 0; i < 1000; i++) {
                                connection.out.write(new byte[100_000]);
                            }
                        })
                        .address());
        client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(told(1).getFirst().complete()).isFalse();
        assertThat(accesses.getFirst().instance()).contains("web.1");
        await().until(() -> upstream.inFlight() == 0);
    }

    @Test
    void further_connections_wait_until_one_is_free() throws Exception {
        Router router = router(settings().withLimits(LIMITS.withConnections(4)));
        router.add("web.1", answering("ok").address());
        RawClient[] clients = new RawClient[8];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        await().until(() -> accesses.size() == 4);

        int served = 0;
        while (served < clients.length) {
            for (int i = 0; i < clients.length; i++) {
                if (!clients[i].socket.isClosed() && clients[i].in.available() > 0) {
                    assertThat(clients[i].read().status()).isEqualTo(200);
                    clients[i].close();
                    served++;
                }
            }
            assertThat(accesses.size()).isLessThanOrEqualTo(served + 4);
        }
    }

    @Test
    void more_requests_at_once_than_the_router_takes_are_told_to_come_back() throws Exception {
        Router router = router(settings().withLimits(LIMITS.withRequests(3)));
        CountDownLatch finish = new CountDownLatch(1);
        RawUpstream upstream = upstream((request, connection) -> {
            finish.await();
            connection.respond(200, "in the end");
        });
        router.add("web.1", upstream.address());
        List<RawClient> inFlight = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inFlight.add(client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        await().until(() -> upstream.requests.size() == 3);

        RawClient oneTooMany = client(router);
        RawClient.Response refused =
                oneTooMany.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();
        finish.countDown();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isPresent();
        assertThat(refused.body()).contains("overloaded");
        for (RawClient client : inFlight) {
            assertThat(client.read().body()).isEqualTo("in the end");
        }
        told(4);
        assertThat(oneTooMany.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read().status())
                .isEqualTo(200);
    }

    @Test
    void an_instance_that_does_not_accept_is_passed_over() throws Exception {
        Router router = router(settings().withTimeouts(TIMEOUTS.withConnect(Duration.ofMillis(200))));
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 3; i++) {
                SocketChannel filler = closeLater(SocketChannel.open());
                filler.configureBlocking(false);
                filler.connect(full.getLocalSocketAddress());
            }
            router.add("web.1", (InetSocketAddress) full.getLocalSocketAddress());
            router.add("web.2", answering("well").address());

            for (int i = 0; i < 4; i++) {
                assertThat(post(router, "x").body()).isEqualTo("well");
            }
        }
    }

    @Test
    void bodies_stream_where_no_memory_is_left_to_keep_them() throws Exception {
        RouterSettings.Limits noMemory = new RouterSettings.Limits(1 << 20, 4096, 10, 10, 10, 10, 65536, 0);
        Router router = router(settings().withLimits(noMemory));
        router.add(
                "web.1",
                upstream((request, connection) -> connection.respond(200, request.body()))
                        .address());

        for (int i = 0; i < 3; i++) {
            assertThat(post(router, "some words").body()).isEqualTo("some words");
        }
    }
}
