package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Instances that share nothing but a key. */
class SealedCookieTest extends FilterTest {
    private static final String OLD = SealingKeys.random("old");
    private static final String NEW = SealingKeys.random("new");

    private static final Map<String, Page> PAGES = Map.of(
            "/put",
            (request, response) -> {
                request.getSession().setAttribute("theme", request.getParameter("theme"));
                response.getWriter().print("put");
            },
            "/get",
            (request, response) -> {
                var session = request.getSession(false);
                response.getWriter()
                        .print(
                                session == null
                                        ? "none"
                                        : session.getAttribute("theme") + " "
                                                + SessionUser.of(request).orElse("nobody") + " " + session.getId());
            },
            "/login",
            (request, response) -> {
                SessionUser.logIn(request, "ada");
                response.sendRedirect("/get");
            },
            "/logout",
            (request, response) -> request.getSession().invalidate(),
            "/late",
            (request, response) -> {
                request.getSession().setAttribute("theme", "in time");
                response.getWriter().print("x");
                response.flushBuffer();
                request.getSession().setAttribute("theme", "late");
            },
            "/large",
            (request, response) -> request.getSession()
                    .setAttribute("large", "x".repeat(Integer.parseInt(request.getParameter("length")))),
            "/devices",
            (request, response) -> {
                try {
                    SessionUser.devices(request);
                } catch (UnsupportedOperationException e) {
                    response.getWriter().print(e.getMessage());
                }
            },
            "/plain",
            (request, response) -> response.getWriter().print("plain"));

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));

    private WebServer start(String keys) {
        return start(
                SessionFilter.sealed(SealingKeys.parse(keys), SessionSettings.defaults(), SETTINGS, now::get), PAGES);
    }

    private String sealed() {
        return visitor.cookies.getOrDefault("session", "");
    }

    private static Optional<String> setCookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie");
    }

    @Test
    void what_one_instance_puts_into_the_session_another_reads() {
        var one = start(NEW);
        var two = start(NEW);

        visitor.get(one, "/put?theme=dark");
        assertThat(visitor.get(two, "/get").body()).startsWith("dark nobody");
        visitor.get(two, "/put?theme=light");
        assertThat(visitor.get(one, "/get").body()).startsWith("light nobody");

        assertThat(visitor.cookies).hasSize(1);
        assertThat(sealed()).startsWith("1.new.").doesNotContain("light");
    }

    @Test
    void a_log_in_is_in_the_cookie_of_its_redirect_and_leaves_a_planted_cookie_logged_out() {
        var one = start(NEW);
        visitor.get(one, "/put?theme=dark");
        var planted = new Visitor();
        planted.cookies.putAll(visitor.cookies);
        var before = visitor.get(one, "/get").body();

        var redirect = visitor.get(one, "/login");

        assertThat(redirect.statusCode()).isEqualTo(302);
        var after = visitor.follow(start(NEW), redirect).body();
        assertThat(after).startsWith("dark ada ");
        assertThat(planted.get(one, "/get").body()).isEqualTo(before).isNotEqualTo(after.replace("ada", "nobody"));
    }

    @Test
    void a_request_that_reads_sends_no_cookie_until_a_tenth_of_the_idle_time_out_has_passed() {
        var server = start(NEW);
        visitor.get(server, "/put?theme=dark");
        var first = sealed();

        assertThat(setCookie(visitor.get(server, "/get"))).isEmpty();
        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(4)));
        assertThat(setCookie(visitor.get(server, "/plain")))
                .as("it never asked")
                .isEmpty();
        assertThat(setCookie(visitor.get(server, "/get"))).isPresent();
        assertThat(sealed()).isNotEqualTo(first);

        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(29)));
        assertThat(visitor.get(server, "/get").body()).startsWith("dark");
        visitor.cookies.put("session", first);
        assertThat(visitor.get(server, "/get").body()).as("idle for too long").isEqualTo("none");
    }

    @Test
    void the_absolute_time_out_ends_it_however_often_it_is_read() {
        var settings = SessionSettings.defaults().withAbsoluteTimeout(Duration.ofHours(3));
        var server = start(SessionFilter.sealed(SealingKeys.parse(NEW), settings, SETTINGS, now::get), PAGES);
        visitor.get(server, "/put?theme=dark");
        var end = now.get().plus(Duration.ofHours(3));

        while (now.get().plus(Duration.ofMinutes(29)).isBefore(end)) {
            now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(29)));
            assertThat(visitor.get(server, "/get").body()).startsWith("dark");
        }
        now.set(end);
        assertThat(visitor.get(server, "/get").body()).isEqualTo("none");
    }

    @Test
    void what_nobody_with_the_keys_sealed_for_this_cookie_opens_nothing() {
        var server = start(NEW);
        visitor.get(server, "/put?theme=dark");
        var right = sealed();
        for (int i = 0; i < right.length(); i += 5) {
            char other = right.charAt(i) == 'A' ? 'B' : 'A';
            assertOpensNothing(server, right.substring(0, i) + other + right.substring(i + 1));
        }
        var body = right.substring(right.lastIndexOf('.') + 1);
        for (var forged : new String[] {
            right.substring(0, right.length() / 2),
            right + "AAAA",
            "1.new.",
            "1.new.A",
            "1..AAAA",
            "..",
            "2.new." + body,
            "1.unknown." + body,
            "1.new." + body + "." + body,
            "1.new." + "A".repeat(7_000)
        }) {
            assertOpensNothing(server, forged);
        }
        var elsewhere = start(
                SessionFilter.sealed(
                        SealingKeys.parse(NEW),
                        SessionSettings.defaults(),
                        SETTINGS.withCookie(SessionCookie.defaults().withName("other")),
                        now::get),
                PAGES);
        visitor.cookies.clear();
        visitor.cookies.put("other", right);
        assertThat(visitor.get(elsewhere, "/get").body()).as("of another name").isEqualTo("none");
    }

    private void assertOpensNothing(WebServer server, String cookie) {
        visitor.cookies.put("session", cookie);
        assertThat(visitor.get(server, "/get").body()).as(cookie).isEqualTo("none");
    }

    @Test
    void keys_change_without_anybody_being_logged_out() {
        var before = start(OLD);
        visitor.get(before, "/login");
        var prepared = start(OLD + "," + NEW);
        var changed = start(NEW + "," + OLD);

        visitor.get(changed, "/put?theme=dark");
        assertThat(sealed()).startsWith("1.new.");
        assertThat(visitor.get(prepared, "/get").body()).startsWith("dark ada");
        visitor.get(prepared, "/put?theme=light");
        assertThat(sealed()).startsWith("1.old.");
        assertThat(visitor.get(changed, "/get").body()).startsWith("light ada");
        assertThat(visitor.get(start(NEW), "/get").body())
                .as("the old key is gone")
                .isEqualTo("none");
    }

    @Test
    void one_that_grows_too_large_for_a_cookie_is_an_error_and_stays_as_it_was() {
        var server = start(NEW);
        visitor.get(server, "/put?theme=dark");
        assertThat(visitor.get(server, "/large?length=2500").statusCode()).isEqualTo(200);
        assertThat("session=" + sealed()).hasSizeLessThanOrEqualTo(SealedSessions.LONGEST_COOKIE);
        var fits = sealed();

        var refused = visitor.get(server, "/large?length=4000");

        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(refused.body()).contains("session_not_saved");
        assertThat(sealed()).isEqualTo(fits);
        assertThat(visitor.get(server, "/get").body()).startsWith("dark");
    }

    @Test
    void what_changes_after_the_commit_is_lost_and_what_changed_before_is_not() {
        var server = start(NEW);

        visitor.get(server, "/late");

        assertThat(visitor.get(server, "/get").body()).startsWith("in time");
    }

    @Test
    void logging_out_makes_the_browser_forget_it_and_nobody_else() {
        var server = start(NEW);
        visitor.get(server, "/login");
        var copy = new Visitor();
        copy.cookies.putAll(visitor.cookies);

        visitor.get(server, "/logout");

        assertThat(visitor.cookies).isEmpty();
        assertThat(copy.get(server, "/get").body())
                .as("this is what it cannot do")
                .contains("ada");
    }

    @Test
    void a_list_of_devices_is_refused_with_the_reason() {
        var server = start(NEW);
        visitor.get(server, "/login");

        assertThat(visitor.get(server, "/devices").body()).contains("known to nobody but their visitors");
    }

    @Test
    void an_application_can_ask_what_is_promised_before_it_lists_devices() {
        var keys = SealingKeys.parse(NEW);

        assertThat(SessionFilter.sealed(keys, SessionSettings.defaults(), SETTINGS)
                        .capabilities())
                .isEmpty();
        assertThat(new SessionFilter(store, SETTINGS).capabilities()).contains(SessionCapability.DEVICES);
    }

    @Test
    void keys_that_are_none_are_refused_without_being_shown() {
        assertThat(SealingKeys.parse(NEW + ", " + OLD)).hasToString("SealingKeys[new, old]");
        for (var keys : new String[] {
            "", "hunter2", "new:hunter2", NEW + ",", NEW + "," + NEW, "a b:" + NEW.substring(4), NEW + "hunter2"
        }) {
            assertThatThrownBy(() -> SealingKeys.parse(keys))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hunter2")
                    .hasMessageNotContaining(NEW.substring(4));
        }
    }
}
