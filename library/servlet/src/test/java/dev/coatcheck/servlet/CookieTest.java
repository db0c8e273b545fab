package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.SessionId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieTest extends FilterTest {
    private static final Page SET = (request, response) -> {
        request.getSession().setAttribute("name", "Ada");
        response.getWriter().print(request.getSession().isNew());
    };
    private static final Page READ = (request, response) -> {
        var session = request.getSession(false);
        response.getWriter().print(session == null ? "none" : session.getAttribute("name"));
    };

    /** A request written by hand, since HTTP clients neither set Host nor send what is malformed. */
    private static List<String> raw(WebServer server, String path, String... headers) throws IOException {
        try (var socket = new Socket(server.uri().getHost(), server.uri().getPort())) {
            socket.setSoTimeout(10_000);
            var request = new StringBuilder("GET " + path + " HTTP/1.1\r\nConnection: close\r\n");
            for (var header : headers) {
                request.append(header).append("\r\n");
            }
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                    .lines()
                    .toList();
        }
    }

    private static String setCookie(List<String> answer) {
        return answer.stream()
                .filter(line -> line.startsWith("Set-Cookie: "))
                .findFirst()
                .orElseThrow()
                .substring("Set-Cookie: ".length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "localhost:8080", "LOCALHOST", "app.localhost", "[::1]:8080"})
    void over_plain_http_on_loopback_is_plain(String host) throws IOException {
        var answer = raw(start(Map.of("/set", SET)), "/set", "Host: " + host);

        assertThat(setCookie(answer)).matches("session=[A-Za-z0-9_-]{65}; Path=/; HttpOnly; SameSite=Lax");
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "localhost.example.org", "127.0.0.1.example.org", "192.168.0.7"})
    void elsewhere_is_bound_to_the_host_and_to_tls(String host) throws IOException {
        var answer = raw(start(Map.of("/set", SET)), "/set", "Host: " + host);

        assertThat(setCookie(answer))
                .matches("__Host-session=[A-Za-z0-9_-]{65}; Path=/; Secure; HttpOnly; SameSite=Lax");
    }

    @Test
    void the_routers_word_on_tls_counts_only_where_it_is_trusted() throws IOException {
        var trusting = start(SETTINGS.trustingForwardedProto(), Map.of("/set", SET));
        var careful = start(Map.of("/set", SET));

        assertThat(setCookie(raw(trusting, "/set", "Host: localhost", "X-Forwarded-Proto: https")))
                .startsWith("__Host-session=");
        assertThat(setCookie(raw(careful, "/set", "Host: localhost", "X-Forwarded-Proto: https")))
                .startsWith("session=");
    }

    @Test
    void a_plain_cookie_opens_nothing_over_tls() {
        var server = start(SETTINGS.trustingForwardedProto(), Map.of("/set", SET, "/read", READ));
        visitor.get(server, "/set");

        assertThat(visitor.get(server, "/read").body()).isEqualTo("Ada");
        assertThat(visitor.get(server, "/read", "X-Forwarded-Proto", "https").body())
                .isEqualTo("none");
    }

    static Stream<String> hostileCookies() {
        var unknown = SessionId.random().text();
        return Stream.of(
                "session=",
                "session=x",
                "session=" + "A".repeat(65),
                "session=" + unknown,
                "session=" + unknown + "x",
                "session=" + "../".repeat(20),
                "session=\"" + unknown + "\"",
                "session=" + "A".repeat(5_000),
                "session; session; =; ;;; =session",
                "session=%00%ff",
                "session=ä\u0001\u007f",
                "session=" + unknown + "; session=" + SessionId.random().text(),
                "a=" + "b; c=".repeat(500));
    }

    @ParameterizedTest
    @MethodSource("hostileCookies")
    void hostile_cookies_find_nothing_and_break_nothing(String cookie) throws IOException {
        var server = start(Map.of("/read", READ));

        var answer = raw(server, "/read", "Host: localhost", "Cookie: " + cookie);

        // A container may refuse what is not even HTTP.
        if (!answer.getFirst().contains(" 400 ")) {
            assertThat(answer.getFirst()).contains(" 200 ");
            assertThat(String.join("\n", answer)).contains("none").doesNotContain("Set-Cookie");
        }
        assertThat(visitor.get(server, "/read").body()).isEqualTo("none");
    }

    @Test
    void two_cookies_of_one_name_are_none() throws IOException {
        var server = start(Map.of("/set", SET, "/read", READ));
        visitor.get(server, "/set");
        var own = visitor.cookies.get("session");

        assertThat(raw(server, "/read", "Host: localhost", "Cookie: session=" + own))
                .contains("Ada");
        assertThat(raw(server, "/read", "Host: localhost", "Cookie: session=" + own + "; session=planted"))
                .contains("none");
    }

    @Test
    void a_new_session_never_takes_an_id_that_the_visitor_made_up() {
        var server = start(Map.of("/set", SET));
        var planted = SessionId.random().text();
        visitor.cookies.put("session", planted);

        assertThat(visitor.get(server, "/set").body()).isEqualTo("true");
        assertThat(visitor.cookies.get("session")).isNotEqualTo(planted);
        assertThat(store.find(SessionId.parse(planted).orElseThrow())).isEmpty();
    }
}
