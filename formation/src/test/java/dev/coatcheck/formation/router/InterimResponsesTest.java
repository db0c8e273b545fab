package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InterimResponsesTest extends RouterTest {
    private static final String HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
    private static final String FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";

    private Router routerTo(RawUpstream.Script script) throws IOException {
        Router router = router();
        router.add("web.1", upstream(script).address());
        return router;
    }

    /** Two requests on one connection, so that what follows the response is looked at as well. */
    private void assertAnswered(Router router, String request) throws IOException {
        RawClient client = client(router);
        for (int i = 0; i < 2; i++) {
            RawClient.Response response = client.send(request).read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("well");
            assertThat(response.header("Link")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, POST})
    void early_hints_are_left_out_and_the_final_response_is_passed_on(String request) throws Exception {
        Router inOnePacket = routerTo((received, connection) -> connection.write(HINTS + FINAL));
        Router inTwo = routerTo((received, connection) -> {
            connection.write(HINTS);
            Thread.sleep(50);
            connection.write(FINAL);
        });

        assertAnswered(inOnePacket, request);
        assertAnswered(inTwo, request);
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, POST})
    void an_interim_response_may_come_in_pieces(String request) throws Exception {
        String everything = "HTTP/1.1 102 Processing\r\n\r\n" + HINTS + FINAL;
        AtomicInteger split = new AtomicInteger();
        Router router = routerTo((received, connection) -> {
            int at = split.get();
            connection.write(everything.substring(0, at));
            if (at % 4 == 0) {
                Thread.sleep(2);
            }
            connection.write(everything.substring(at));
        });

        for (int at = 1; at < everything.length(); at++) {
            split.set(at);
            assertAnswered(router, request);
        }
    }

    @Test
    void an_interim_response_may_come_byte_by_byte() throws Exception {
        Router router = routerTo((received, connection) -> {
            for (char octet : (HINTS + HINTS + FINAL).toCharArray()) {
                connection.write(String.valueOf(octet));
                Thread.sleep(1);
            }
        });

        assertAnswered(router, GET);
    }

    @Test
    void several_interim_responses_may_come_in_a_row() throws Exception {
        Router router = routerTo((received, connection) -> connection.write(HINTS.repeat(50) + FINAL));

        assertAnswered(router, GET);
        assertAnswered(router, POST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"number", "size"})
    void an_instance_that_sends_interim_responses_without_end_is_cut_off(String what) throws Exception {
        Router router = routerTo((received, connection) -> {
            if (what.equals("size")) {
                connection.write("HTTP/1.1 103 Early Hints\r\n");
            }
            while (true) {
                connection.write(what.equals("size") ? "Link: </" + "x".repeat(1000) + ">\r\n" : HINTS);
            }
        });

        HttpResponse<String> response = get(router, "/");

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("bad-response");
        assertThat(told(1).getFirst().attempts()).isEqualTo(1);
    }

    @Test
    void an_interim_response_is_no_answer() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withResponse(Duration.ofMillis(300))));
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.write(HINTS);
                            connection.readHead();
                        })
                        .address());

        assertThat(get(router, "/").statusCode()).isEqualTo(504);
    }

    @Test
    void an_instance_that_dies_after_an_interim_response_is_replaced_by_another() throws Exception {
        Router router = router();
        RawUpstream dying = upstream((request, connection) -> {
            connection.write(HINTS);
            connection.close();
        });
        router.add("web.1", dying.address());
        router.add("web.2", answering("well").address());

        assertAnswered(router, GET);
        assertThat(dying.requests).isNotEmpty();
    }

    @Test
    void the_word_to_go_on_is_passed_on_among_other_interim_responses() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                closeLater(RawUpstream.startStreaming((request, connection) -> {
                            connection.write(HINTS + "HTTP/1.1 100 Continue\r\n\r\n" + HINTS);
                            connection.readBody(request.head());
                            connection.write(HINTS + FINAL);
                        }))
                        .address());
        RawClient client =
                client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(100);
        assertThat(client.send("body").read().body()).isEqualTo("well");
    }

    @Test
    void a_switch_to_websocket_may_follow_early_hints() throws Exception {
        Router router = routerTo((request, connection) -> {
            connection.write(HINTS + "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket"
                    + "\r\n\r\nHTTP/1.1 103 is what it says next");
            connection.close();
        });
        RawClient client =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(101);
        assertThat(new String(client.in.readNBytes(33), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 103 is what it says next");
    }

    @Test
    void what_looks_like_an_interim_response_within_a_body_stays_there() throws Exception {
        Router router = routerTo((request, connection) -> {
            connection.writeHead("200 OK", "Content-Length: " + HINTS.length());
            Thread.sleep(20);
            connection.write(HINTS);
        });

        assertThat(get(router, "/").body()).isEqualTo(HINTS);
        await().until(() -> accesses.size() == 1);
    }
}
