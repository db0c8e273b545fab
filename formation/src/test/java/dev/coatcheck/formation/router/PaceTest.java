package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that never stop and never get on, and others that are slow by no fault of theirs. */
final class PaceTest extends RouterTest {

    private static RouterSettings atLeast(long bytes, int millis) {
        return settings().withPace(new RouterSettings.Pace(bytes, Duration.ofMillis(millis)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Content-Length: 5000", "Content-Length: 5000000", "Transfer-Encoding: chunked"})
    void a_body_that_drips_is_refused(String framing) throws Exception {
        Router router = router(atLeast(2000, 500));
        RawUpstream upstream = closeLater(RawUpstream.startStreaming((request, connection) -> {
            connection.in.readAllBytes();
        }));
        Upstream added = router.add("web.1", upstream.address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");

        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    client.send(framing.endsWith("chunked") ? "1\r\nx\r\n" : "x");
                    return client.in.available() > 0;
                });

        assertThat(client.read().status()).isEqualTo(408);
        await().until(() -> added.inFlight() == 0);
    }

    @Test
    void a_body_that_drips_while_its_response_waits_for_it_is_cut() throws Exception {
        Router router = router(atLeast(2000, 3000));
        Upstream added = router.add(
                "web.1",
                closeLater(RawUpstream.startStreaming((request, connection) -> {
                            connection.writeHead("200 OK", "Transfer-Encoding: chunked");
                            connection.in.readAllBytes();
                        }))
                        .address());
        RawClient client =
                client(router).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
        assertThat(Http.readHead(client.in)).contains("200 OK");

        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    try {
                        client.send("1\r\nx\r\n");
                    } catch (IOException cut) {
                        return true;
                    }
                    return added.inFlight() == 0;
                });
    }

    @Test
    void a_body_that_drips_is_let_through_while_its_response_gets_on() throws Exception {
        Router router = router(atLeast(2000, 3500));
        router.add(
                "web.1",
                closeLater(RawUpstream.startStreaming((request, connection) -> {
                            connection.writeHead("200 OK", "Transfer-Encoding: chunked");
                            for (int i = 0; i < 40; i++) {
                                connection.write("3e8\r\n" + "x".repeat(1000) + "\r\n");
                                Thread.sleep(100);
                            }
                            connection.readBody(request.head());
                            connection.write("0\r\n\r\n");
                        }))
                        .address());
        RawClient client =
                client(router).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");

        String head = Http.readHead(client.in);
        for (int read = 0; read < 40_000; ) {
            int size = Integer.parseInt(Http.readLine(client.in), 16);
            read += client.in.readNBytes(size).length;
            Http.readLine(client.in);
        }
        client.send("0\r\n\r\n");
        assertThat(head).contains("200 OK");
        assertThat(Http.readLine(client.in)).isEqualTo("0");
    }

    @Test
    void a_body_that_gets_on_is_let_through_although_it_takes_long() throws Exception {
        Router router = router(atLeast(100, 2000));
        router.add(
                "web.1",
                upstream((request, connection) ->
                                connection.respond(200, "" + request.body().length()))
                        .address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n");

        for (int i = 0; i < 40; i++) {
            client.send("x".repeat(200));
            Thread.sleep(75);
        }

        assertThat(client.read().body()).isEqualTo("8000");
    }

    @Test
    void a_client_is_not_blamed_for_an_instance_that_reads_slowly() throws Exception {
        Router router = router(atLeast(1_000, 5_000));
        CountDownLatch read = new CountDownLatch(1);
        router.add(
                "web.1",
                closeLater(RawUpstream.startStreaming((request, connection) -> {
                            read.await();
                            connection.respond(
                                    200,
                                    "" + connection.readBody(request.head()).length());
                        }))
                        .address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n");
        Thread sending = Thread.ofVirtual().start(() -> {
            try {
                client.socket.getOutputStream().write(new byte[30_000_000]);
            } catch (IOException e) {
                // The test sees that nothing of it is answered well.
            }
        });

        assertThat(sending.join(Duration.ofSeconds(7))).isFalse();
        read.countDown();

        assertThat(client.read().body()).isEqualTo("30000000");
    }

    @Test
    void a_client_that_takes_its_response_in_drops_is_let_go() throws Exception {
        Router router = router(atLeast(1000, 500));
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Content-Length: 100000000");
                            for (int i = 0; i < 1000; i++) {
                                connection.out.write(new byte[100_000]);
                            }
                        })
                        .address());
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    assertThat(client.socket.getInputStream().read()).isNotNegative();
                    return upstream.inFlight() == 0;
                });
        assertThat(told(1).getFirst().complete()).isFalse();
    }

    @Test
    void a_client_is_not_blamed_for_an_instance_that_answers_slowly() throws Exception {
        Router router = router(atLeast(1_000_000, 300));
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Content-Length: 15");
                            for (int i = 0; i < 15; i++) {
                                connection.write("x");
                                Thread.sleep(100);
                            }
                        })
                        .address());
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(client.read().body()).isEqualTo("x".repeat(15));
    }

    @Test
    void only_the_time_in_which_the_client_is_awaited_counts() {
        long second = Duration.ofSeconds(1).toNanos();
        PaceCheck pace = new PaceCheck(new RouterSettings.Pace(100, Duration.ofSeconds(10)));

        assertThat(pace.isTooSlow(true, 0, 0)).isFalse();
        assertThat(pace.isTooSlow(true, 99, 10 * second)).isFalse();
        assertThat(pace.isTooSlow(true, 99, 11 * second)).isTrue();
        assertThat(pace.isTooSlow(true, 100, 12 * second))
                .as("enough after all")
                .isFalse();
        assertThat(pace.isTooSlow(false, 100, 20 * second)).isFalse();
        assertThat(pace.isTooSlow(true, 100, 40 * second))
                .as("it was not its turn")
                .isFalse();
        assertThat(pace.isTooSlow(true, 100, 51 * second)).isTrue();
    }
}
