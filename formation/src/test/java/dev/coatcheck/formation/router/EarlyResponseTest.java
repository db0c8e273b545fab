package dev.coatcheck.formation.router;

import static dev.coatcheck.formation.router.RawHttp2Client.DATA;
import static dev.coatcheck.formation.router.RawHttp2Client.END_HEADERS;
import static dev.coatcheck.formation.router.RawHttp2Client.END_STREAM;
import static dev.coatcheck.formation.router.RawHttp2Client.GOAWAY;
import static dev.coatcheck.formation.router.RawHttp2Client.HEADERS;
import static dev.coatcheck.formation.router.RawHttp2Client.RST_STREAM;
import static dev.coatcheck.formation.router.RawHttp2Client.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance that answers before it has read the request, and reads on, gets all of it. */
final class EarlyResponseTest extends RouterTest {
    private static final String HEAD = " /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";

    private final CompletableFuture<Integer> read = new CompletableFuture<>();
    private final CountDownLatch readOn = new CountDownLatch(1);

    /** Answers, and reads the body once it may. */
    private Upstream hasty(Router router) throws IOException {
        RawUpstream upstream = closeLater(RawUpstream.startStreaming((request, connection) -> {
            connection.respond(202, "accepted");
            if (!request.line().startsWith("GET")) {
                try {
                    readOn.await();
                    read.complete(connection.readBody(request.head()).length());
                } catch (IOException e) {
                    read.completeExceptionally(e);
                }
            }
        }));
        return router.add("web.1", upstream.address());
    }

    private void assertRead(int bytes) {
        readOn.countDown();
        assertThat(read).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(bytes);
    }

    @Test
    void the_end_of_a_chunked_upload_arrives_after_the_response_is_out() throws Exception {
        Router router = router();
        Upstream upstream = hasty(router);
        readOn.countDown();
        RawClient client = client(router).send("POST" + HEAD + "\r\n5\r\nfirst\r\n");
        assertThat(client.read().body()).isEqualTo("accepted");

        client.send("6\r\nsecond\r\n0\r\n\r\n");

        assertRead(11);
        await().until(() -> upstream.inFlight() == 0);
        assertThat(told(1).getFirst().bytesReceived()).isEqualTo(11);
        assertThat(accesses.getFirst().complete()).isTrue();
        assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read().body())
                .as("the connection goes on")
                .isEqualTo("accepted");
    }

    @Test
    void the_end_of_an_upload_over_http2_arrives_after_the_response_is_out() throws Exception {
        Router router = router(settings().withTls(TestCertificates.shared("one", "EC")));
        Upstream upstream = hasty(router);
        readOn.countDown();
        RawHttp2Client client = closeLater(new RawHttp2Client(router));
        List<String> post = List.of(":method=POST", ":scheme=https", ":authority=a", ":path=/");
        client.frame(HEADERS, END_HEADERS, 1, head(post));
        client.frame(DATA, 0, 1, new byte[100]);
        assertThat(client.next(HEADERS, RST_STREAM, GOAWAY).type()).isEqualTo(HEADERS);
        client.next(DATA);

        client.frame(DATA, END_STREAM, 1, new byte[12_000]);

        assertRead(12_100);
        await().until(() -> upstream.inFlight() == 0);
        assertThat(told(1).getFirst().bytesReceived()).isEqualTo(12_100);
        client.get(3, "/");
        assertThat(client.next(HEADERS, RST_STREAM, GOAWAY).type()).isEqualTo(HEADERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 8000000", "Transfer-Encoding: chunked"})
    void a_slow_instance_gets_what_was_read_of_an_upload_that_is_over_for_its_client(String framing) throws Exception {
        Router router = router();
        Upstream upstream = hasty(router);
        int size = 8_000_000;
        boolean chunked = framing.endsWith("chunked");
        RawClient client = client(router)
                .send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" + (chunked ? "7a1200\r\n" : ""));
        assertThat(client.read().body()).isEqualTo("accepted");
        Thread sending = Thread.ofVirtual().start(() -> {
            try {
                client.socket.getOutputStream().write(new byte[size]);
                client.send(chunked ? "\r\n0\r\n\r\n" : "");
            } catch (IOException e) {
                // The instance has not read all of it, then.
            }
        });
        sending.join(Duration.ofMillis(300));

        assertRead(size);
        await().until(() -> upstream.inFlight() == 0);
        assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read().body())
                .isEqualTo("accepted");
    }

    @Test
    void a_body_that_was_kept_is_sent_to_its_end_although_the_response_is_out() throws Exception {
        int size = 30 << 20;
        Router router =
                router(settings().withLimits(new RouterSettings.Limits(size, 4096, 10, 10, 10, 10, size, 2L * size)));
        Upstream upstream = hasty(router);
        RawClient client = client(router).send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
        client.socket.getOutputStream().write(new byte[size]);
        assertThat(client.read().body()).isEqualTo("accepted");
        assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read().body())
                .isEqualTo("accepted");
        assertThat(told(1).getFirst().method()).isEqualTo("GET");
        assertThat(upstream.inFlight()).isEqualTo(1);

        assertRead(size);
        await().until(() -> upstream.inFlight() == 0);
        assertThat(told(2).getLast().complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close\r\n", "close of the router"})
    void an_upload_is_read_to_its_end_where_the_connection_closes_after_it(String why) throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(10))));
        Upstream upstream = hasty(router);
        readOn.countDown();
        boolean closing = why.startsWith("close");
        RawClient client = client(router).send("POST" + HEAD + (closing ? "" : why) + "\r\n5\r\nfirst\r\n");
        CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);
        assertThat(client.read().body()).isEqualTo("accepted");
        if (closing) {
            closed = CompletableFuture.runAsync(router::close);
            await().untilAsserted(() -> assertThat(isAccepting(router)).isFalse());
        }

        for (int i = 0; i < 10; i++) {
            client.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
        }
        client.send("0\r\n\r\n");

        assertRead(100_005);
        await().until(() -> upstream.inFlight() == 0);
        assertThat(client.isClosed()).isTrue();
        closed.get(5, TimeUnit.SECONDS);
    }

    private static boolean isAccepting(Router router) {
        try {
            new RawClient(router).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void an_upload_that_breaks_off_after_the_response_is_never_taken_for_whole() throws Exception {
        Router router = router();
        Upstream upstream = hasty(router);
        readOn.countDown();
        RawClient client = client(router).send("POST" + HEAD + "\r\n5\r\nfirst\r\n");
        assertThat(client.read().body()).isEqualTo("accepted");

        client.close();

        assertThat(read).failsWithin(30, TimeUnit.SECONDS);
        await().until(() -> upstream.inFlight() == 0);
        assertThat(told(1).getFirst().complete())
                .as("the response was complete")
                .isTrue();
    }

    @Test
    void an_upload_that_stops_after_the_response_is_broken_off_and_the_response_was_complete() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withRequestBody(Duration.ofSeconds(3))));
        hasty(router);
        readOn.countDown();
        RawClient client = client(router).send("POST" + HEAD + "\r\n5\r\nfirst\r\n");
        assertThat(client.read().body()).isEqualTo("accepted");

        assertThat(read).failsWithin(30, TimeUnit.SECONDS);
        assertThat(told(1).getFirst().complete()).isTrue();
        assertThat(router.metrics().incomplete()).isZero();
    }

    @Test
    void an_instance_that_never_reads_on_is_not_waited_for_without_end() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withRequestBody(Duration.ofSeconds(3))));
        Upstream upstream = hasty(router);
        RawClient client = client(router).send("POST" + HEAD + "\r\n7a1200\r\n");
        assertThat(client.read().body()).isEqualTo("accepted");
        try {
            client.socket.getOutputStream().write(new byte[8_000_000]);
        } catch (SocketException cut) {
            // As it should.
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> upstream.inFlight() == 0);
    }
}
