package dev.coatcheck.formation.router;

import static dev.coatcheck.formation.router.RawHttp2Client.CONTINUATION;
import static dev.coatcheck.formation.router.RawHttp2Client.DATA;
import static dev.coatcheck.formation.router.RawHttp2Client.END_HEADERS;
import static dev.coatcheck.formation.router.RawHttp2Client.END_STREAM;
import static dev.coatcheck.formation.router.RawHttp2Client.GOAWAY;
import static dev.coatcheck.formation.router.RawHttp2Client.HEADERS;
import static dev.coatcheck.formation.router.RawHttp2Client.PING;
import static dev.coatcheck.formation.router.RawHttp2Client.RST_STREAM;
import static dev.coatcheck.formation.router.RawHttp2Client.SETTINGS;
import static dev.coatcheck.formation.router.RawHttp2Client.WINDOW_UPDATE;
import static dev.coatcheck.formation.router.RawHttp2Client.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP/2 can say and HTTP/1.1 cannot reaches no instance, and nobody asks for more than his share. */
final class Http2AbuseTest extends RouterTest {
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    private final TlsFiles files = TestCertificates.shared("one", "EC");

    private Router secure() {
        return router(settings().withTls(files));
    }

    private RawHttp2Client http2(Router router) throws Exception {
        return closeLater(new RawHttp2Client(router));
    }

    private static List<String> post(String... more) {
        List<String> fields = new ArrayList<>(List.of(":method=POST", ":scheme=https", ":authority=a", ":path=/"));
        fields.addAll(List.of(more));
        return fields;
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("a line break in a value", post("x=a\r\ny: b"), ""),
                Arguments.of("a line feed in a value", post("x=a\nb"), ""),
                Arguments.of("a null byte in a value", post("x=a\u0000b"), ""),
                Arguments.of("a colon in a name", post("x-forwarded-for:1=b"), ""),
                Arguments.of("a line break in a name", post("a: b\r\ntransfer-encoding=chunked"), ""),
                Arguments.of("a space in a name", post("a b=c"), ""),
                Arguments.of("capitals in a name", post("Content-Length=0"), ""),
                Arguments.of("a transfer encoding", post("transfer-encoding=chunked"), "0\r\n\r\n"),
                Arguments.of("a connection", post("connection=x"), ""),
                Arguments.of("an upgrade", post("upgrade=websocket"), ""),
                Arguments.of("two lengths", post("content-length=1", "content-length=2"), "ab"),
                Arguments.of("a length where no body is", post("content-length=5"), ""),
                Arguments.of("a signed length", post("content-length=+2"), "ab"),
                Arguments.of("a negative length", post("content-length=-2"), "ab"),
                Arguments.of("a length without digits", post("content-length=two"), "ab"),
                Arguments.of(
                        "a path with a line break",
                        List.of(":method=GET", ":scheme=https", ":authority=a", ":path=/ HTTP/1.1\r\nX: y"),
                        ""),
                Arguments.of(
                        "a method with a space",
                        List.of(":method=GET /x", ":scheme=https", ":authority=a", ":path=/"),
                        ""),
                Arguments.of("no method", List.of(":scheme=https", ":authority=a", ":path=/"), ""),
                Arguments.of("two paths", post(":path=/other"), ""),
                Arguments.of("no authority", List.of(":method=GET", ":scheme=https", ":path=/"), ""),
                Arguments.of("two authorities", post("host=b"), ""),
                Arguments.of(
                        "an authority with a path",
                        List.of(":method=GET", ":scheme=https", ":authority=a/b", ":path=/"),
                        ""),
                Arguments.of(
                        "an authority with a strange port",
                        List.of(":method=GET", ":scheme=https", ":authority=a:x", ":path=/"),
                        ""),
                Arguments.of("an unknown pseudo-header", post(":x=y"), ""),
                Arguments.of(
                        "a pseudo-header after a header",
                        List.of(":method=GET", "x=y", ":scheme=https", ":authority=a", ":path=/"),
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void a_malformed_head_reaches_no_instance(String what, List<String> fields, String body) throws Exception {
        Router router = secure();
        RawUpstream upstream = answering("reached");
        router.add("web.1", upstream.address());
        RawHttp2Client client = http2(router);

        try {
            client.frame(HEADERS, END_HEADERS | (body.isEmpty() ? END_STREAM : 0), 1, head(fields));
            if (!body.isEmpty()) {
                client.frame(DATA, END_STREAM, 1, body.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (SocketException closed) {
            // The head alone was enough.
        }
        RawHttp2Client.Frame answer = client.next(HEADERS, RST_STREAM, GOAWAY);

        if (answer.type() == HEADERS) {
            // Status 400, which Undertow writes as index 12 of the static table.
            assertThat(answer.begin()).as(what).isEqualTo(0x80 | 12);
        }
        assertThat(upstream.requests).isEmpty();
    }

    @Test
    void a_body_of_another_length_than_announced_is_never_taken_for_whole() throws Exception {
        for (String body : List.of("abc", "abcdefgh")) {
            Router router = secure();
            RawUpstream upstream = answering("reached");
            router.add("web.1", upstream.address());
            RawHttp2Client client = http2(router);

            client.frame(HEADERS, END_HEADERS, 1, head(post("content-length=5")));
            client.frame(DATA, END_STREAM, 1, body.getBytes(StandardCharsets.US_ASCII));

            assertThat(client.next(HEADERS, RST_STREAM, GOAWAY).type()).isNotEqualTo(HEADERS);
            assertThat(upstream.requests).isEmpty();
        }
    }

    @Test
    void cookies_are_joined_and_trailers_are_not_taken_for_headers() throws Exception {
        Router router = secure();
        RawUpstream upstream = answering("ok");
        router.add("web.1", upstream.address());
        RawHttp2Client client = http2(router);

        client.frame(HEADERS, END_HEADERS, 1, head(post("cookie=a=1", "cookie=b=2")));
        client.frame(DATA, 0, 1, "body".getBytes(StandardCharsets.US_ASCII));
        client.frame(HEADERS, END_HEADERS | END_STREAM, 1, head(List.of("x-forwarded-for=1.2.3.4")));

        assertThat(client.next(HEADERS, RST_STREAM, GOAWAY).type()).isEqualTo(HEADERS);
        RawUpstream.Request request = upstream.requests.getFirst();
        assertThat(request.header("Cookie")).contains("a=1; b=2");
        assertThat(request.body()).isEqualTo("body");
        assertThat(request.head()).doesNotContain("1.2.3.4");
    }

    @Test
    void more_streams_than_the_limit_are_refused_and_the_others_go_on() throws Exception {
        Router router = secure();
        RawHttp2Client client = http2(router);
        for (int i = 0; i < Http2Client.MOST_STREAMS; i++) {
            client.get(2 * i + 1, "/");
        }
        await().until(() -> router.held() == Http2Client.MOST_STREAMS);

        client.get(1001, "/one-too-many");

        RawHttp2Client.Frame refused = client.next(RST_STREAM, GOAWAY);
        assertThat(refused.stream()).isEqualTo(1001);
        assertThat(refused.errorCode()).isEqualTo(REFUSED_STREAM);
        router.add("web.1", answering("ok").address());
        for (int i = 0; i < Http2Client.MOST_STREAMS; i++) {
            assertThat(client.next(HEADERS, RST_STREAM, GOAWAY).type()).isEqualTo(HEADERS);
        }
    }

    @Test
    void a_client_that_resets_all_it_begins_is_sent_away() throws Exception {
        Router router = secure();
        RawUpstream upstream = answering("ok");
        router.add("web.1", upstream.address());
        RawHttp2Client client = http2(router);

        try {
            for (int i = 0; i < 20_000; i++) {
                client.get(2 * i + 1, "/").reset(2 * i + 1);
            }
        } catch (SocketException closed) {
            // That is what is wanted of the router.
        }

        RawHttp2Client.Frame end = client.next(GOAWAY);
        assertThat(end.errorCode()).isIn(ENHANCE_YOUR_CALM, 0);
        assertThat(upstream.requests).hasSizeLessThan(5000);
        await().until(() -> router.held() == 0);
    }

    @Test
    void endless_continuations_and_headers_end_the_connection() throws Exception {
        Router router = secure();
        RawUpstream upstream = answering("reached");
        router.add("web.1", upstream.address());
        RawHttp2Client drips = http2(router);
        RawHttp2Client pours = http2(router);

        drips.frame(HEADERS, END_STREAM, 1, head(post()));
        int sent = 0;
        try {
            for (; sent < 100_000; sent++) {
                drips.frame(CONTINUATION, 0, 1, head(List.of("x-" + sent + "=" + "y".repeat(100))));
            }
        } catch (IOException closed) {
            // As it should.
        }
        pours.frame(
                HEADERS, END_HEADERS | END_STREAM, 1, head(post("x=" + "y".repeat(16_000), "z=" + "y".repeat(300))));
        pours.frame(HEADERS, END_STREAM, 3, head(post("x=" + "y".repeat(15_000))));
        pours.frame(CONTINUATION, END_HEADERS, 3, head(List.of("z=" + "y".repeat(15_000))));

        assertThat(sent).isLessThan(100_000);
        assertThat(drips.next(GOAWAY).type()).isEqualTo(GOAWAY);
        assertThat(pours.next(GOAWAY).type()).isEqualTo(GOAWAY);
        assertThat(upstream.requests).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void a_head_that_comes_in_parts_arrives_whole() throws Exception {
        Router router = secure();
        RawUpstream upstream = answering("reached");
        router.add("web.1", upstream.address());
        RawHttp2Client client = http2(router);

        client.frame(HEADERS, END_STREAM, 1, head(post("x=1")));
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20)).until(upstream.requests::isEmpty);
        client.frame(CONTINUATION, 0, 1, head(List.of("y=2")));
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20)).until(upstream.requests::isEmpty);
        client.frame(CONTINUATION, END_HEADERS, 1, head(List.of("z=3")));

        await().atMost(Duration.ofSeconds(20)).until(() -> !upstream.requests.isEmpty());
        assertThat(upstream.requests).singleElement().satisfies(request -> {
            assertThat(request.header("x")).contains("1");
            assertThat(request.header("y")).contains("2");
            assertThat(request.header("z")).contains("3");
        });
    }

    @Test
    void a_connection_without_streams_is_ended() throws Exception {
        Router router = router(
                settings().withTls(files).withTimeouts(settings().timeouts().withKeepAlive(Duration.ofMillis(300))));

        assertThat(http2(router).next(GOAWAY).type()).isEqualTo(GOAWAY);
    }

    /** Lets the router send as much as it has, and reads nothing of it. */
    private RawHttp2Client thatDoesNotRead(Router router) throws Exception {
        RawHttp2Client client = http2(router);
        client.frame(SETTINGS, 0, 0, new byte[] {0, 4, 0x7f, -1, -1, -1});
        client.frame(WINDOW_UPDATE, 0, 0, new byte[] {0x7f, 0, 0, 0});
        return client.get(1, "/");
    }

    private static void assertClosed(Sending sending) {
        await().atMost(Duration.ofSeconds(45))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    try {
                        sending.send();
                        return false;
                    } catch (IOException closed) {
                        return true;
                    }
                });
    }

    @FunctionalInterface
    private interface Sending {
        void send() throws IOException;
    }

    @ParameterizedTest
    @ValueSource(strings = {"quiet", "resetting"})
    void a_connection_whose_client_does_not_read_is_ended(String how) throws Exception {
        Router router = router(settings()
                .withTls(files)
                .withTimeouts(settings()
                        .timeouts()
                        .withStream(Duration.ofMillis(how.equals("quiet") ? 300 : 3_000))
                        .withKeepAlive(Duration.ofSeconds(3))));
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Content-Length: 100000000");
                            for (int i = 0; i < 1000; i++) {
                                connection.out.write(new byte[100_000]);
                            }
                        })
                        .address());
        RawHttp2Client client = thatDoesNotRead(router);

        if (how.equals("quiet")) {
            told(1);
            assertClosed(() -> client.frame(PING, 0, 0, new byte[8]));
        } else {
            AtomicInteger stream = new AtomicInteger(1);
            assertClosed(() -> {
                for (int i = 0; i < 10; i++) {
                    client.get(stream.addAndGet(2), "/").reset(stream.get());
                }
            });
        }
    }

    @Test
    void an_upload_that_its_client_gives_up_leaves_its_other_requests_alone() throws Exception {
        Router router = secure();
        router.add("web.1", answering("ok").address());
        RawHttp2Client client = http2(router);
        client.frame(HEADERS, END_HEADERS, 1, head(post("content-length=100000")));
        for (int i = 0; i < 3; i++) {
            client.frame(DATA, 0, 1, new byte[10_000]);
        }
        client.reset(1);

        for (int stream = 3; stream < 9; stream += 2) {
            client.get(stream, "/");
            assertThat(client.next(HEADERS, RST_STREAM, GOAWAY).type()).isEqualTo(HEADERS);
        }
    }

    @Test
    void streams_count_as_the_requests_that_they_are() throws Exception {
        RouterSettings.Limits limits = RouterSettings.Limits.defaults().withRequests(5);
        Router router = router(settings().withTls(files).withLimits(limits));
        CountDownLatch finish = new CountDownLatch(1);
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            finish.await();
                            connection.respond(200, "in the end");
                        })
                        .address());
        RawHttp2Client client = http2(router);

        for (int stream = 1; stream < 40; stream += 2) {
            client.get(stream, "/");
        }

        assertThat(told(15)).extracting(Access::status).containsOnly(503);
        assertThat(upstream.inFlight()).isEqualTo(5);
        finish.countDown();
        await().until(() ->
                accesses.stream().filter(access -> access.status() == 200).count() == 5);
    }
}
