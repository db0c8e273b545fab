package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadersTest extends RouterTest {

    /** Sends a GET with these fields and returns the head that reached the instance. */
    private String forwarded(Router router, String... fields) throws IOException {
        return forwardedLine(router, "GET / HTTP/1.1", fields);
    }

    private String forwardedLine(Router router, String line, String... fields) throws IOException {
        RawUpstream upstream = answering("ok");
        Upstream added = router.add("web.1", upstream.address());
        try (RawClient client = new RawClient(router)) {
            client.send(line + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
        added.remove();
        return upstream.requests.getFirst().head();
    }

    @Test
    void an_instance_learns_who_asked_for_what_and_how() throws Exception {
        String head = forwarded(router(), "Host: shop.example:8443");

        assertThat(Http.header(head, "Host")).contains("shop.example:8443");
        assertThat(Http.header(head, "X-Forwarded-For")).contains("127.0.0.1");
        assertThat(Http.header(head, "X-Forwarded-Proto")).contains("http");
        assertThat(Http.header(head, "X-Forwarded-Host")).contains("shop.example:8443");
        assertThat(Http.header(head, "X-Forwarded-Port")).contains("8443");
    }

    @Test
    void what_a_client_says_about_itself_is_not_believed() throws Exception {
        String head = forwarded(
                router(),
                "Host: a",
                "X-Forwarded-For: 10.0.0.1",
                "X_Forwarded_For: 10.0.0.2",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Port: 443",
                "X-Forwarded-Prefix: /admin",
                "X-Real-IP: 10.0.0.3",
                "Forwarded: for=10.0.0.4");

        // The id of a request is made of digits at random.
        assertThat(head.replaceFirst("X-Request-Id: .*", ""))
                .doesNotContain("10.0.0.", "evil", "https", "443", "/admin");
        assertThat(Http.headers(head, "X-Forwarded-For")).containsExactly("127.0.0.1");
    }

    @Test
    void what_a_trusted_proxy_in_front_says_is_passed_on() throws Exception {
        String head = forwarded(
                router(settings().withTrustForwarded(true)),
                "Host: a",
                "X-Forwarded-For: 10.0.0.1",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: shop.example",
                "X-Forwarded-Port: 443");

        assertThat(Http.header(head, "X-Forwarded-For")).contains("10.0.0.1, 127.0.0.1");
        assertThat(Http.header(head, "X-Forwarded-Proto")).contains("https");
        assertThat(Http.header(head, "X-Forwarded-Host")).contains("shop.example");
        assertThat(Http.header(head, "X-Forwarded-Port")).contains("443");
    }

    @Test
    void the_port_follows_from_what_a_trusted_proxy_says_of_the_host_and_the_scheme() throws Exception {
        Router router = router(settings().withTrustForwarded(true));

        assertThat(Http.header(forwarded(router, "Host: shop.example", "X-Forwarded-Proto: https"), "X-Forwarded-Port"))
                .contains("443");
        assertThat(Http.header(
                        forwarded(router, "Host: 127.0.0.1:8080", "X-Forwarded-Host: shop.example:8443, inner"),
                        "X-Forwarded-Port"))
                .contains("8443");
        assertThat(Http.header(
                        forwarded(router, "Host: shop.example:8443", "X-Forwarded-Host: shop.example"),
                        "X-Forwarded-Port"))
                .contains("8443");
    }

    @Test
    void an_address_of_ipv6_stands_in_brackets() {
        assertThat(RequestHeaders.inUrl("0:0:0:0:0:0:0:1%lo")).isEqualTo("[0:0:0:0:0:0:0:1]");
        assertThat(RequestHeaders.inUrl("127.0.0.1")).isEqualTo("127.0.0.1");
    }

    @Test
    void an_address_that_a_trusted_proxy_adds_as_a_line_of_its_own_is_kept_behind_those_it_was_sent() throws Exception {
        String head = forwarded(
                router(settings().withTrustForwarded(true)),
                "Host: a",
                "X-Forwarded-For: 6.6.6.6, 7.7.7.7",
                "X-Forwarded-For: 10.0.0.1");

        assertThat(Http.headers(head, "X-Forwarded-For")).containsExactly("6.6.6.6, 7.7.7.7, 10.0.0.1, 127.0.0.1");
    }

    @Test
    void a_host_that_only_the_target_names_is_the_host() throws Exception {
        String head = forwardedLine(router(), "GET http://shop.example:81/a HTTP/1.0", "X: y");

        assertThat(head).startsWith("GET /a HTTP/1.1\r\n");
        assertThat(Http.headers(head, "Host")).containsExactly("shop.example:81");
        assertThat(Http.header(head, "X-Forwarded-Host")).contains("shop.example:81");
        assertThat(Http.header(head, "X-Forwarded-Port")).contains("81");
    }

    @Test
    void what_concerns_the_clients_connection_stays_there() throws Exception {
        String head = forwarded(
                router(),
                "Host: a",
                "Connection: keep-alive, X-Mine, Host, X-Forwarded-For",
                "Keep-Alive: timeout=5",
                "X-Mine: secret",
                "Proxy-Connection: keep-alive",
                "Proxy-Authorization: Basic abc",
                "TE: trailers",
                "Upgrade: foo",
                "X-Theirs: kept");

        assertThat(head)
                .doesNotContainIgnoringCase("x-mine", "keep-alive", "proxy-", "trailers", "upgrade")
                .contains("X-Theirs: kept");
        assertThat(Http.header(head, "Host")).contains("a");
        assertThat(Http.header(head, "X-Forwarded-For")).contains("127.0.0.1");
    }

    @Test
    void what_concerns_the_instances_connection_stays_there_too() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead(
                                    "200 Fine",
                                    "Connection: close, X-Mine",
                                    "Keep-Alive: timeout=5",
                                    "X-Mine: secret",
                                    "Proxy-Authenticate: Basic",
                                    "Set-Cookie: a=1",
                                    "Set-Cookie: b=2",
                                    "Content-Length: 0");
                            connection.close();
                        })
                        .address());

        RawClient.Response response =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();

        assertThat(response.head()).startsWith("HTTP/1.1 200 Fine\r\n");
        assertThat(response.head()).doesNotContainIgnoringCase("x-mine", "timeout", "proxy-", "close");
        assertThat(Http.headers(response.head(), "Set-Cookie")).containsExactly("a=1", "b=2");
    }

    @Test
    void a_request_has_one_id_for_the_instance_and_the_client() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> connection.writeHead(
                                "200 OK",
                                "X-Request-Id: overwritten",
                                "X-Got: " + request.header("X-Request-Id").orElseThrow(),
                                "Content-Length: 0"))
                        .address());
        RawClient client = client(router);

        RawClient.Response own = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: 7c.a-B_9\r\n\r\n")
                .read();
        RawClient.Response given =
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();

        assertThat(own.header("X-Request-Id")).contains("7c.a-B_9");
        assertThat(own.header("X-Got")).contains("7c.a-B_9");
        assertThat(given.header("X-Request-Id")).isEqualTo(given.header("X-Got"));
        assertThat(given.header("X-Request-Id").orElseThrow()).matches("[0-9a-f]{32}");
        assertThat(Http.headers(own.head(), "X-Request-Id")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "<script>", "quo\"te", "ä", "", "{long}"})
    void an_id_that_could_do_harm_in_a_log_is_replaced(String id) throws Exception {
        String head = forwarded(router(), "Host: a", "X-Request-Id: " + id.replace("{long}", "x".repeat(129)));

        assertThat(Http.header(head, "X-Request-Id").orElseThrow()).matches("[0-9a-f]{32}");
    }

    @Test
    void a_response_names_its_instance_and_an_instance_cannot_lie_about_that() throws Exception {
        Router router = router();
        router.add(
                "web.7",
                upstream((request, connection) ->
                                connection.writeHead("200 OK", "X-Coatcheck-Instance: web.1", "Content-Length: 0"))
                        .address());

        RawClient.Response response =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();

        assertThat(Http.headers(response.head(), "X-Coatcheck-Instance")).containsExactly("web.7");
    }

    @Test
    void a_response_does_not_name_its_instance_where_that_is_switched_off() throws Exception {
        Router router = router(settings().withInstanceHeader(false));
        router.add("web.7", answering("ok").address());

        RawClient.Response response =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();

        assertThat(response.header("X-Coatcheck-Instance")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a/../b/./c//d",
                "/%2e%2E/%2Fx%20y%C3%A4",
                "/a;b=c;d/e;f?q=1&q=2&&=x?y/;z",
                "/?a=%5A+b%26",
                "//host/path",
                "/fonts?family=Open+Sans|Roboto&a[b]=c&q={x}^`\\<>",
                "/a:b@c!$&'()*+,=~-._"
            })
    void a_target_reaches_the_instance_as_the_client_wrote_it(String target) throws Exception {
        String head = forwardedLine(router(), "GET " + target + " HTTP/1.1", "Host: a");

        assertThat(head).startsWith("GET " + target + " HTTP/1.1\r\n");
    }

    @Test
    void a_target_in_absolute_form_reaches_the_instance_as_a_path() throws Exception {
        Router router = router();

        assertThat(forwardedLine(router, "GET http://shop.example:81/a?b HTTP/1.1", "Host: shop.example:81"))
                .startsWith("GET /a?b HTTP/1.1\r\n")
                .contains("Host: shop.example:81\r\n");
        assertThat(forwardedLine(router, "GET http://shop.example HTTP/1.1", "Host: shop.example"))
                .startsWith("GET / HTTP/1.1\r\n");
    }

    @Test
    void a_question_to_the_server_as_a_whole_is_passed_on() throws Exception {
        assertThat(forwardedLine(router(), "OPTIONS * HTTP/1.1", "Host: a")).startsWith("OPTIONS * HTTP/1.1\r\n");
    }

    @Test
    void many_cookies_and_odd_methods_and_values_pass() throws Exception {
        String head = forwardedLine(
                router(),
                "PROPFIND /dav HTTP/1.1",
                "Host: a",
                "Cookie: a=1; b=\"x y\"",
                "X-Empty:",
                "X-Json: {\"a\": [1, 2]}",
                "X-Latin: caf\u00e9",
                "X-Twice: 1",
                "X-Twice: 2");

        assertThat(head).startsWith("PROPFIND /dav HTTP/1.1\r\n");
        assertThat(Http.header(head, "Cookie")).contains("a=1; b=\"x y\"");
        assertThat(Http.header(head, "X-Empty")).contains("");
        assertThat(Http.header(head, "X-Json")).contains("{\"a\": [1, 2]}");
        assertThat(Http.header(head, "X-Latin")).contains("caf\u00e9");
        assertThat(Http.headers(head, "X-Twice")).containsExactly("1", "2");
    }

    @Test
    void a_length_in_disguise_does_not_reach_an_instance() throws Exception {
        Router router = router();
        RawUpstream upstream = answering("ok");
        router.add("web.1", upstream.address());

        client(router)
                .send("POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 100\r\nTransfer_encoding: chunked\r\n"
                        + "Content-Length: 2\r\n\r\nab")
                .read();

        assertThat(upstream.requests.getFirst().head())
                .contains("Content-Length: 2")
                .doesNotContain("_");
    }
}
