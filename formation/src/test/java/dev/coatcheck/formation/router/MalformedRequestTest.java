package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a proxy in front may read otherwise than the instance behind reaches neither. */
final class MalformedRequestTest extends RouterTest {

    static Stream<Arguments> malformed() {
        String post = "POST / HTTP/1.1\r\nHost: a\r\n";
        String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                Arguments.of("two lengths that differ", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
                Arguments.of("two lengths that agree", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
                Arguments.of("a list of lengths", post + "Content-Length: 3, 3\r\n\r\nabc"),
                Arguments.of("a signed length", post + "Content-Length: +3\r\n\r\nabc"),
                Arguments.of("a negative length", post + "Content-Length: -3\r\n\r\nabc"),
                Arguments.of("a hexadecimal length", post + "Content-Length: 0x3\r\n\r\nabc"),
                Arguments.of("an empty length", post + "Content-Length:\r\n\r\n"),
                Arguments.of("an endless length", post + "Content-Length: 18446744073709551619\r\n\r\nabc"),
                Arguments.of(
                        "a length and chunks",
                        post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "chunks and a length",
                        post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
                Arguments.of("an unknown encoding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("an encoding in disguise", post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("identity", post + "Transfer-Encoding: identity\r\n\r\n"),
                Arguments.of("chunks last but one", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
                Arguments.of("compressed chunks", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "two encodings",
                        post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "chunks in HTTP/1.0",
                        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("a space before the colon", post + "Content-Length : 3\r\n\r\nabc"),
                Arguments.of("a tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"),
                Arguments.of("a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"),
                Arguments.of("a field with a space in its name", "GET / HTTP/1.1\r\nHost: a\r\nX Y: x\r\n\r\n"),
                Arguments.of("a null byte", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n"),
                Arguments.of("a lone carriage return", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rEvil: b\r\n\r\n"),
                Arguments.of("a bare line feed", "GET / HTTP/1.1\r\nHost: a\r\nX: a\nEvil: b\r\n\r\n"),
                Arguments.of("bare line feeds only", "GET / HTTP/1.1\nHost: a\n\n"),
                Arguments.of("a bare line feed at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
                Arguments.of("a folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
                Arguments.of("no host", "GET / HTTP/1.1\r\n\r\n"),
                Arguments.of("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
                Arguments.of("a list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
                Arguments.of("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                Arguments.of("a host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
                Arguments.of("a host with a strange port", "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n"),
                Arguments.of("a host with an endless port", "GET / HTTP/1.1\r\nHost: a:99999999999\r\n\r\n"),
                Arguments.of("another host in the target", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a host that the target contains", "GET http://ab/a HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("another port in the target", "GET http://a:81/ HTTP/1.1\r\nHost: a:82\r\n\r\n"),
                Arguments.of("a user in the target", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a user in the target alone", "GET http://u@a/ HTTP/1.0\r\n\r\n"),
                Arguments.of("a strange port in the target alone", "GET http://a:x/ HTTP/1.0\r\n\r\n"),
                Arguments.of("no host in the target", "GET http:///a HTTP/1.0\r\n\r\n"),
                Arguments.of("another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("an asterisk", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a raw byte in the target", "GET /\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a control character in the target", "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("no version", "GET /\r\nHost: a\r\n\r\n"),
                Arguments.of("HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
                Arguments.of("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                Arguments.of("another protocol", "GET / XTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("a method of no token", "G\u00e4T / HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"),
                Arguments.of("a chunk size that is none", chunked + "zz\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a chunk size in disguise", chunked + "0x3\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a signed chunk size", chunked + "+3\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a negative chunk size", chunked + "-3\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("an empty chunk size", chunked + "\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a space before a chunk size", chunked + " 3\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a space after a chunk size", chunked + "3 \r\nabc\r\n0\r\n\r\n"),
                Arguments.of("an endless chunk size", chunked + "10000000000000003\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a bare line feed after a chunk size", chunked + "3\nabc\r\n0\r\n\r\n"),
                Arguments.of("a bare line feed in an extension", chunked + "3;a\nabc\r\n0\r\n\r\n"),
                Arguments.of("a lone carriage return in an extension", chunked + "3;a\rb\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("a bare line feed after a chunk", chunked + "3\r\nabc\n0\r\n\r\n"),
                Arguments.of("a chunk that is longer than its size", chunked + "3\r\nabcd\r\n0\r\n\r\n"),
                Arguments.of("two bytes in place of an end of line", chunked + "3\r\nabcXX0\r\n\r\n"),
                Arguments.of("a bare line feed at the end of chunks", chunked + "0\r\n\n"),
                Arguments.of("a trailer without a colon", chunked + "0\r\nnonsense\r\n\r\n"),
                Arguments.of("a trailer with a space before the colon", chunked + "0\r\nX : 1\r\n\r\n"),
                Arguments.of("a folded trailer", chunked + "0\r\nX: 1\r\n 2\r\n\r\n"),
                Arguments.of("endless extensions", chunked + "3;" + "x".repeat(9000) + "\r\nabc\r\n0\r\n\r\n"),
                Arguments.of("endless trailers", chunked + "0\r\n" + "X: y\r\n".repeat(3000) + "\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void a_malformed_request_is_answered_400_and_reaches_no_instance(String what, String request) throws Exception {
        Router router = router();
        RawUpstream upstream = answering("reached");
        router.add("web.1", upstream.address());
        RawClient client = client(router).send(request);

        assertThat(client.read().status()).as(what).isEqualTo(400);

        assertThat(client.isClosed()).as("the connection is closed").isTrue();
        assertThat(upstream.requests).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void a_malformed_request_after_a_proper_one_is_answered_400_too(String what, String request) throws Exception {
        Router router = router();
        RawUpstream upstream = answering("proper");
        router.add("web.1", upstream.address());
        RawClient client = client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + request);

        assertThat(client.read().body()).isEqualTo("proper");
        assertThat(client.read().status()).as(what).isEqualTo(400);

        assertThat(client.isClosed()).as("the connection is closed").isTrue();
        assertThat(upstream.requests).hasSize(1);
    }

    @Test
    void methods_that_are_not_for_an_instance_are_refused() throws Exception {
        Router router = router();
        RawUpstream upstream = answering("reached");
        router.add("web.1", upstream.address());

        for (String line : List.of("CONNECT a:443", "TRACE /")) {
            RawClient.Response response = client(router)
                    .send(line + " HTTP/1.1\r\nHost: a:443\r\n\r\n")
                    .read();
            assertThat(response.status()).isEqualTo(501);
        }
        assertThat(upstream.requests).isEmpty();
    }

    @Test
    void an_expectation_that_nobody_can_meet_is_refused() throws Exception {
        Router router = router();
        RawUpstream upstream = answering("reached");
        router.add("web.1", upstream.address());

        assertThat(client(router)
                        .send("GET / HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(417);
        assertThat(upstream.requests).isEmpty();
    }

    @Test
    void a_malformed_chunk_in_a_long_body_never_ends_it_at_the_instance() throws Exception {
        Router router = router();
        RawUpstream upstream = closeLater(RawUpstream.startStreaming((request, connection) -> {
            try {
                connection.readBody(request.head());
                connection.respond(200, "a whole body");
            } catch (IOException e) {
                connection.reset();
            }
        }));
        router.add("web.1", upstream.address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("5000\r\n" + "x".repeat(0x5000) + "\r\n");

        client.send("zz\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(400);
    }
}
