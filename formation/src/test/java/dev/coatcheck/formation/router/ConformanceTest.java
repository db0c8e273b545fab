package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The corners of HTTP/1.1 in which proxies lose responses. */
final class ConformanceTest extends RouterTest {

    private RawUpstream writing(String response) throws IOException {
        return upstream((request, connection) -> connection.write(response));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  304 Not Modified, Content-Length: 1234",
        "GET,  304 Not Modified, Transfer-Encoding: chunked",
        "GET,  304 Not Modified, X-None: 1",
        "GET,  204 No Content,   X-None: 1",
        "GET,  204 No Content,   Content-Length: 0",
        "HEAD, 200 OK,           Content-Length: 1234",
        "HEAD, 200 OK,           Transfer-Encoding: chunked",
        "HEAD, 200 OK,           X-None: 1",
        "HEAD, 204 No Content,   X-None: 1",
        "HEAD, 304 Not Modified, Content-Length: 1234"
    })
    void a_response_without_a_body_ends_with_its_head(String method, String status, String field) throws Exception {
        Router router = router();
        router.add(
                "web.1",
                writing("HTTP/1.1 " + status + "\r\n" + field + "\r\n\r\n").address());
        RawClient client = client(router);

        for (int i = 0; i < 3; i++) {
            RawClient.Response response =
                    client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n").read(method);
            assertThat(response.head()).startsWith("HTTP/1.1 " + status);
            if (method.equals("HEAD") && field.startsWith("Content-Length")) {
                assertThat(response.header("Content-Length")).contains("1234");
            }
        }
    }

    @Test
    void a_head_in_many_pieces_is_one_head() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            for (char piece : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".toCharArray()) {
                                connection.write(String.valueOf(piece));
                            }
                        })
                        .address());
        RawClient client = client(router).sendByteByByte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");

        assertThat(client.read().body()).isEqualTo("ok");
    }

    @Test
    void requests_in_a_row_are_answered_in_their_order() throws Exception {
        Router router = router();
        for (int i = 0; i < 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> connection.respond(200, request.line()))
                            .address());
        }
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            requests.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
        }
        RawClient client = client(router).send(requests.toString());

        for (int i = 0; i < 50; i++) {
            assertThat(client.read().body()).isEqualTo("POST /" + i + " HTTP/1.1");
        }
    }

    @Test
    void a_client_that_speaks_http_1_0_is_served() throws Exception {
        Router router = router();
        RawUpstream upstream = writing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        router.add("web.1", upstream.address());

        RawClient client = client(router).send("GET / HTTP/1.0\r\n\r\n");
        RawClient.Response response = client.read();

        assertThat(response.body()).isEqualTo("abc");
        assertThat(response.header("Transfer-Encoding")).isEmpty();
        assertThat(client.isClosed()).isTrue();
        assertThat(upstream.requests.getFirst().head())
                .startsWith("GET / HTTP/1.1")
                .contains("Host:");
    }

    @Test
    void a_client_may_keep_an_http_1_0_connection() throws Exception {
        Router router = router();
        router.add("web.1", answering("again").address());
        RawClient client = client(router);

        for (int i = 0; i < 3; i++) {
            RawClient.Response response = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .read();
            assertThat(response.body()).isEqualTo("again");
            assertThat(response.header("Connection")).contains("keep-alive");
        }
    }

    @Test
    void a_client_that_wants_the_connection_closed_gets_that() throws Exception {
        Router router = router();
        router.add("web.1", answering("bye").address());
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        RawClient.Response response = client.read();

        assertThat(response.body()).isEqualTo("bye");
        assertThat(response.header("Connection")).contains("close");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void chunks_of_every_proper_kind_are_understood() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> connection.respond(200, request.body()))
                        .address());
        RawClient client = client(router);

        String request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                .concat("3\r\nabc\r\n00A;name=\"value\"\r\n0123456789\r\n")
                .concat("0;last\r\nX-Trailer: 1\r\nX-More: 2\r\n\r\n");

        client.send(request + request);
        assertThat(client.read().body()).isEqualTo("abc0123456789");
        assertThat(client.read().body()).isEqualTo("abc0123456789");
        client.sendByteByByte(request);
        assertThat(client.read().body()).isEqualTo("abc0123456789");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 999 Much\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
            })
    void a_response_that_is_no_proper_http_is_not_passed_on(String response) throws Exception {
        Router router = router(settings().withHold(new RouterSettings.Hold(10, Duration.ofMillis(400))));
        Upstream upstream = router.add("web.1", writing(response).address());

        assertThat(client(router)
                        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(502);
        await().until(() -> upstream.inFlight() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello world\r\n\r\n",
                "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"
            })
    void an_instance_that_does_not_speak_http_is_not_asked_again(String response) throws Exception {
        Router router = router();
        router.add("web.1", writing(response).address());

        RawClient.Response answer =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("bad-response");
        assertThat(told(1).getFirst().attempts()).isOne();
    }

    @Test
    void a_head_of_a_response_that_is_larger_than_a_buffer_passes() throws Exception {
        Router router = router();
        String large = "x".repeat(40_000);
        router.add(
                "web.1",
                writing("HTTP/1.1 200 OK\r\nX-Large: " + large + "\r\nContent-Length: 2\r\n\r\nok")
                        .address());

        RawClient.Response response =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();

        assertThat(response.header("X-Large")).contains(large);
        assertThat(response.body()).isEqualTo("ok");
    }
}
