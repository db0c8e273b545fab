package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that sends everything before it looks for an answer sees why it was refused. */
final class RefusalTest extends RouterTest {
    private static final int REST = 3_000_000;
    private static final String BODY = "Host: a\r\nContent-Length: " + REST + "\r\n\r\n";

    private static RouterSettings strict() {
        return settings()
                .withTimeouts(settings().timeouts().withRequestBody(Duration.ofSeconds(2)))
                .withLimits(RouterSettings.Limits.defaults().withHeadBytes(4096).withBodyBytes(1_000_000));
    }

    static Stream<Arguments> refused() {
        String large = "x".repeat(4200);
        String chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                Arguments.of("a body that is too large", 413, "POST / HTTP/1.1\r\n" + BODY),
                Arguments.of("a chunked body that is too large", 413, chunked + "2dc6c0\r\n"),
                Arguments.of("a head that is too large", 431, "POST / HTTP/1.1\r\nX: " + large + "\r\n" + BODY),
                Arguments.of("a target that is too long", 414, "POST /" + large + " HTTP/1.1\r\n" + BODY),
                Arguments.of("a target that is none", 400, "POST /a#b HTTP/1.1\r\n" + BODY),
                Arguments.of("a chunk that is none", 400, chunked + "zz\r\n"),
                Arguments.of(
                        "an unknown expectation",
                        417,
                        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 900000\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void it_is_seen_by_a_client_that_goes_on_sending(String what, int status, String begin) throws Exception {
        Router router = router(strict());
        router.add(
                "web.1",
                upstream((request, connection) -> connection.readHead()).address());
        RawClient client = client(router).send(begin);

        for (int sent = 0; sent < REST; sent += 10_000) {
            client.send("x".repeat(10_000));
        }

        RawClient.Response response = client.read();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Connection")).contains("close");
    }

    @Test
    void a_time_out_is_seen_by_a_client_that_comes_back_to_its_body() throws Exception {
        Router router = router(strict());
        router.add("web.1", answering("well").address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
        await().until(() -> client.in.available() > 0);

        for (int sent = 0; sent < 900_000; sent += 10_000) {
            client.send("x".repeat(10_000));
        }

        assertThat(client.read().status()).isEqualTo(408);
    }

    @Test
    void a_client_that_takes_its_time_to_send_the_rest_sees_it_in_the_end() throws Exception {
        Router router = router(strict());
        RawClient client = client(router).send("POST / HTTP/1.1\r\n" + BODY);

        for (int i = 0; i < 35; i++) {
            client.send("x");
            Thread.sleep(200);
        }

        assertThat(client.read().status()).isEqualTo(413);
    }

    @Test
    void over_http2_it_is_seen_as_well_and_the_connection_goes_on() throws Exception {
        Router router = router(strict().withTls(TestCertificates.shared("one", "EC")));
        router.add("web.1", answering("well").address());
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(TlsTest.trusting())
                .version(Version.HTTP_2)
                .build()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("https://localhost:" + router.port() + "/"));
            HttpRequest large = request.copy()
                    .POST(BodyPublishers.ofByteArray(new byte[REST]))
                    .build();
            HttpRequest withLargeHead = request.copy()
                    .header("X", "x".repeat(4200))
                    .POST(BodyPublishers.ofByteArray(new byte[900_000]))
                    .build();

            for (int i = 0; i < 3; i++) {
                assertThat(status(client, large)).isEqualTo(413);
                assertThat(status(client, withLargeHead)).isEqualTo(431);
                assertThat(status(client, request.copy().build())).isEqualTo(200);
            }
        }
    }

    private static int status(HttpClient client, HttpRequest request) throws Exception {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(Version.HTTP_2);
        return response.statusCode();
    }
}
