package dev.coatcheck.gallery;

import static dev.coatcheck.gallery.Visitor.PASSWORD;
import static dev.coatcheck.gallery.Visitor.credentials;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccountsTest {
    private final TestGallery gallery = new TestGallery();
    private URI web = URI.create("http://unset");

    @BeforeAll
    void start() {
        web = gallery.startWeb();
    }

    @AfterAll
    void stop() {
        gallery.close();
    }

    @Test
    void somebody_registers_logs_in_is_known_and_logs_out() {
        var visitor = new Visitor();

        var registered = visitor.register(web);
        assertThat(registered.status()).isEqualTo(201);
        assertThat(registered.json().path("email").asString()).isEqualTo(visitor.email);
        assertThat(visitor.get(web, "/me").status()).isEqualTo(401);

        assertThat(visitor.logIn(web).status()).isEqualTo(200);
        var me = visitor.get(web, "/me");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.json().path("email").asString()).isEqualTo(visitor.email);
        assertThat(me.json().path("instance").asString()).isNotEmpty();

        var copy = new Visitor();
        copy.cookies.putAll(visitor.cookies);
        assertThat(visitor.post(web, "/logout", "").status()).isEqualTo(204);
        assertThat(visitor.cookies).isEmpty();
        assertThat(copy.get(web, "/me").status()).isEqualTo(401);
        assertThat(visitor.post(web, "/logout", "").status()).isEqualTo(204);
    }

    @Test
    void a_log_in_gives_the_session_a_new_id_and_leaves_nothing_of_another_users() {
        var visitor = Visitor.loggedIn(web);
        var first = visitor.session();
        visitor.logIn(web);
        var second = visitor.session();
        var other = new Visitor();
        other.register(web);
        other.cookies.putAll(visitor.cookies);
        other.logIn(web);

        assertThat(second).isNotEqualTo(first);
        assertThat(second).startsWith(first.substring(0, 22));
        assertThat(other.session()).doesNotStartWith(second.substring(0, 22));
        assertThat(other.get(web, "/me").json().path("email").asString()).isEqualTo(other.email);
    }

    @Test
    void whoever_logs_in_twice_at_once_is_logged_in_either_way() {
        var visitor = Visitor.loggedIn(web);
        var second = new Visitor();
        second.cookies.putAll(visitor.cookies);
        visitor.logIn(web);

        // As with a double click: with the cookie that the first one just replaced.
        second.post(web, "/login", credentials(visitor.email, PASSWORD));

        assertThat(visitor.get(web, "/me").status()).isEqualTo(200);
        assertThat(second.get(web, "/me").status()).isEqualTo(200);
    }

    @Test
    void an_address_is_one_account_however_it_is_typed() {
        var visitor = new Visitor();
        visitor.register(web);

        var shouted = "  " + visitor.email.toUpperCase(Locale.ROOT) + " ";
        assertThat(visitor.post(web, "/register", credentials(shouted, PASSWORD))
                        .status())
                .isEqualTo(409);
        assertThat(visitor.post(web, "/login", credentials(shouted, PASSWORD)).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ada              | correct horse battery | invalid_email
                    ada@             | correct horse battery | invalid_email
                    ada@host         | correct horse battery | invalid_email
                    a b@example.org  | correct horse battery | invalid_email
                    @example.org     | correct horse battery | invalid_email
                    ''               | correct horse battery | invalid_email
                    ada@example.org  | short                 | invalid_password
                    ada@example.org  | Ada@Example.Org       | invalid_password
                    ada@example.org  | '          '          | invalid_password
                    """)
    void what_is_not_acceptable_is_a_422_with_the_reason(String email, String password, String error) {
        var answer = new Visitor().post(web, "/register", credentials(email, password));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.json().path("message").asString()).isNotEmpty();
    }

    @Test
    void what_is_too_long_is_a_422() {
        var visitor = new Visitor();

        assertThat(visitor.post(web, "/register", credentials(visitor.email, "x".repeat(129)))
                        .status())
                .isEqualTo(422);
        assertThat(visitor.post(web, "/register", credentials("a".repeat(250) + "@example.org", PASSWORD))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void the_wrong_password_and_the_unknown_account_are_the_same_401() {
        var visitor = new Visitor();
        visitor.register(web);

        var wrong = visitor.post(web, "/login", credentials(visitor.email, "wrong horse battery"));
        var unknown = visitor.post(web, "/login", credentials("nobody@example.org", PASSWORD));

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.body()).isEqualTo(unknown.body());
        assertThat(visitor.cookies).isEmpty();
    }

    @Test
    void too_many_failed_log_ins_are_a_429_and_successful_ones_do_not_count() {
        var visitor = new Visitor();
        visitor.register(web);
        for (int i = 0; i < 8; i++) {
            assertThat(visitor.logIn(web).status()).isEqualTo(200);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(visitor.post(web, "/login", credentials(visitor.email, "wrong"))
                            .status())
                    .isEqualTo(401);
        }

        var limited = visitor.logIn(web);

        assertThat(limited.status()).isEqualTo(429);
        assertThat(Integer.parseInt(limited.header("Retry-After"))).isBetween(1, 180);
        assertThat(limited.error()).isEqualTo("too_many_requests");
        // The owner, who is somewhere else, is not locked out.
        assertThat(visitor.post(web, "/login", credentials(visitor.email, PASSWORD), "X-Forwarded-For", "192.0.2.7")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_visitor_behind_several_proxies_is_told_from_others_by_what_the_first_of_them_has_added() {
        var instance = gallery.startWeb(2);
        var visitor = new Visitor();
        visitor.register(instance);
        for (int i = 0; i < 5; i++) {
            assertThat(logInFrom("forged-%d, 192.0.2.8, 10.0.0.1".formatted(i), instance, visitor.email, "wrong"))
                    .isEqualTo(401);
        }

        assertThat(logInFrom("192.0.2.8, 10.0.0.1", instance, visitor.email, PASSWORD))
                .isEqualTo(429);
        assertThat(logInFrom("192.0.2.9, 10.0.0.1", instance, visitor.email, PASSWORD))
                .isEqualTo(200);
    }

    private static int logInFrom(String forwardedFor, URI instance, String email, String password) {
        return new Visitor()
                .post(instance, "/login", credentials(email, password), "X-Forwarded-For", forwardedFor)
                .status();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "null",
                "[]",
                "\"text\"",
                "{",
                "{\"email\":\"a@b.c\"",
                "\u0000",
                "{\"email\":\"a\\ud800@b.c\"}"
            })
    void what_is_no_json_object_is_refused(String body) {
        for (var path : new String[] {"/register", "/login"}) {
            var answer = new Visitor().post(web, path, body);

            assertThat(answer.status()).isIn(400, 422);
            assertThat(answer.error()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"email\":null,\"password\":null}",
                "{\"email\":5,\"password\":\"correct horse battery\"}",
                "{\"email\":[\"a@b.c\"],\"password\":\"correct horse battery\"}",
                "{\"email\":\"a@b.c\",\"password\":{\"$ne\":null}}",
                "{\"email\":\"a@b.c\",\"password\":true}"
            })
    void values_of_the_wrong_type_are_a_422(String body) {
        for (var path : new String[] {"/register", "/login"}) {
            var answer = new Visitor().post(web, path, body);

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.error()).startsWith("invalid_");
        }
    }

    @Test
    void text_that_no_database_keeps_is_refused() {
        var visitor = new Visitor();

        assertThat(visitor.post(web, "/register", credentials("a\u0000@example.org", PASSWORD))
                        .status())
                .isEqualTo(422);
        assertThat(visitor.post(web, "/register", "{\"email\":\"a\\ud800@example.org\",\"password\":\"correct horse\"}")
                        .status())
                .isIn(400, 422);
        assertThat(visitor.post(web, "/login", credentials("' OR 1=1 --@example.org", PASSWORD))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void a_huge_body_is_a_413() {
        var answer = new Visitor().post(web, "/register", "{\"email\":\"" + "x".repeat(5_000_000) + "\"}");

        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void a_connection_goes_on_after_a_request_that_was_refused_before_its_end() throws IOException {
        try (var connection = new Socket(web.getHost(), web.getPort())) {
            connection.setSoTimeout(10_000);
            var out = connection.getOutputStream();
            var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
            out.write("POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n".getBytes(US_ASCII));
            goesOnAfterRefusal(out, in);
        }
    }

    @Test
    void a_connection_goes_on_after_a_client_that_was_told_to_continue_was_refused() throws IOException {
        try (var connection = new Socket(web.getHost(), web.getPort())) {
            connection.setSoTimeout(10_000);
            var out = connection.getOutputStream();
            var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
            out.write("POST /register HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n"
                    .getBytes(US_ASCII));
            out.flush();
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(in.readLine()).isEmpty();
            goesOnAfterRefusal(out, in);
        }
    }

    /** Sends a body of five megabytes, of which the first part is enough to be refused, and then another request. */
    private static void goesOnAfterRefusal(OutputStream out, BufferedReader in) throws IOException {
        out.write('{');
        out.write(new byte[20_000]);
        out.flush();
        assertThat(in.readLine()).isEqualTo("HTTP/1.1 413 Payload Too Large");

        out.write(new byte[5_000_000 - 20_001]);
        out.write("GET /me HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
        out.flush();
        assertThat(in.lines().filter(line -> line.contains("HTTP/1.1")).findFirst())
                .get(STRING)
                .endsWith("HTTP/1.1 401 Unauthorized");
    }

    @Test
    void a_client_that_was_refused_before_it_sent_a_body_is_not_waited_for() throws IOException {
        try (var connection = new Socket(web.getHost(), web.getPort())) {
            connection.setSoTimeout(10_000);
            connection
                    .getOutputStream()
                    .write("POST /photos HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n"
                            .getBytes(US_ASCII));

            var answer = new String(connection.getInputStream().readAllBytes(), US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 401 Unauthorized").contains("\r\nConnection: close\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /photos/%00 HTTP/1.1\nHost: x\n",
                "GET /photos/..%2f HTTP/1.1\nHost: x\n",
                "GET / HTTP/1.9\nHost: x\n",
                "GET / HTTP/1.1\n",
                "G@T / HTTP/1.1\nHost: x\n",
                "GET / HTTP/1.1\nHost: x\nno colon\n",
                "POST /login HTTP/1.1\nHost: x\nTransfer-Encoding: rot13\n",
                "POST /login HTTP/1.1\nHost: x\nContent-Length: 2\nContent-Length: 3\n"
            })
    void an_answer_that_ends_its_connection_says_so(String head) throws IOException {
        try (var connection = new Socket(web.getHost(), web.getPort())) {
            connection.setSoTimeout(10_000);
            connection.getOutputStream().write((head.replace("\n", "\r\n") + "\r\n").getBytes(US_ASCII));

            var answer = new String(connection.getInputStream().readAllBytes(), US_ASCII);

            assertThat(answer).matches("(?s)HTTP/1.1 (400|505) .*").contains("\r\nConnection: close\r\n");
        }
    }

    @Test
    void getting_never_changes_anything() {
        var visitor = Visitor.loggedIn(web);

        for (var path : new String[] {"/register", "/login", "/logout"}) {
            assertThat(visitor.get(web, path).status()).isEqualTo(405);
        }
        assertThat(visitor.get(web, "/me").status()).isEqualTo(200);
    }

    @Test
    void a_request_that_another_site_caused_is_a_403() {
        var visitor = Visitor.loggedIn(web);
        var own = "http://" + web.getAuthority();

        for (var origin :
                new String[] {"https://evil.example", "null", own + ".evil.example", "http://localhost", ""}) {
            var answer = visitor.post(web, "/logout", "", "Origin", origin);
            assertThat(answer.status()).as(origin).isEqualTo(403);
            assertThat(answer.error()).isEqualTo("foreign_origin");
        }
        assertThat(visitor.get(web, "/me", "Origin", "https://evil.example").status())
                .isEqualTo(200);
        // Behind a router that tells by which name it was asked.
        assertThat(visitor.post(
                                web,
                                "/logout",
                                "",
                                "Origin",
                                "https://gallery.example",
                                "X-Forwarded-Host",
                                "gallery.example")
                        .status())
                .isEqualTo(204);
        assertThat(visitor.post(web, "/logout", "", "Origin", own).status()).isEqualTo(204);
    }

    @Test
    void what_is_not_there_is_a_404_in_the_shape_of_all_errors() {
        for (var path :
                new String[] {"/nowhere", "/me/", "/photos/", "/assets/", "/assets/../secret", "/;/", "/%2e%2e/x"}) {
            var answer = new Visitor().get(web, path);

            assertThat(answer.status()).as(path).isIn(400, 401, 404);
            assertThat(answer.error()).as(path).isNotEmpty();
        }
        var trace = new Visitor().send("TRACE", web, "/me", BodyPublishers.noBody());
        assertThat(trace.status()).isIn(403, 405, 501);
    }

    @Test
    void answers_tell_browsers_to_be_careful() {
        var page = new Visitor().get(web, "/");
        var json = new Visitor().get(web, "/me");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        for (var answer : new Visitor.Answer[] {page, json}) {
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Server")).isEmpty();
        }
        assertThat(new Visitor()
                        .get(web, "/", "If-None-Match", page.header("ETag"))
                        .status())
                .isEqualTo(304);
    }
}
