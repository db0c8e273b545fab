package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.SealingKeys;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/sessions.md}, as two instances run them. */
class SessionsGuideTest {
    private static final Map<String, Page> PAGES = Map.of(
            "/add",
            (request, response) -> add(request, response),
            "/checkout",
            (request, response) ->
                    response.getWriter().print(request.getSession().getAttribute("cart")),
            "/me",
            (request, response) ->
                    response.getWriter().print(SessionUser.of(request).orElse("nobody")),
            "/login",
            (request, response) -> logIn(request, "ada"),
            "/devices",
            (request, response) -> showDevices(request, response.getWriter()),
            "/logout-everywhere",
            (request, response) -> response.getWriter().print(SessionUser.logOutEverywhere(request)));

    private final String url = SharedServers.freshRedisUrl();
    private final Redis one = Redis.attach(url);
    private final Redis two = Redis.attach(url);

    @AfterEach
    void detach() {
        one.close();
        two.close();
    }

    record Cart(List<String> goods) {}

    private static void keepSessionsOutside(Redis redis, ServletContext servletContext) {
        var sessions = redis.sessions(SessionSettings.defaults());
        var settings = SessionFilterSettings.defaults().withType("cart", Cart.class);
        new SessionFilter(sessions, settings).addTo(servletContext);
    }

    private static void sealSessions(String sessionKeys, ServletContext servletContext) {
        var keys = SealingKeys.parse(sessionKeys); // "2026b:lq2v…,2026a:0dKe…": the first seals, all of them open
        var limits = SessionSettings.defaults().withAbsoluteTimeout(Duration.ofHours(12));
        SessionFilter.sealed(keys, limits, SessionFilterSettings.defaults()).addTo(servletContext);
    }

    private static void add(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var session = request.getSession();
        session.setAttribute("cart", new Cart(List.of("rake")));
        response.sendRedirect(
                "/checkout"); // which any instance may answer: the cart is there before the redirect leaves
    }

    private static void logIn(HttpServletRequest request, String name) {
        SessionUser.logIn(request, name); // a new id, so one that was planted before is worth nothing
    }

    private static void showDevices(HttpServletRequest request, PrintWriter page) {
        page.println(SessionUser.of(request).orElse("nobody"));
        for (var device : SessionUser.devices(request)) {
            page.println(
                    device.label().orElse("?") + ", " + device.lastSeenAt()); // Firefox on Linux, 2026-11-21T12:00:00Z
        }
    }

    @Test
    void what_one_instance_put_in_before_a_redirect_another_has_after_it() {
        try (var here = Instance.start(servletContext -> keepSessionsOutside(one, servletContext), PAGES);
                var there = Instance.start(servletContext -> keepSessionsOutside(two, servletContext), PAGES);
                var visitor = new Visitor()) {
            var redirect = visitor.send("POST", here.at("/add"));

            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(visitor.get(there.at("/checkout"))).isEqualTo("Cart[goods=[rake]]");
        }
    }

    @Test
    void a_user_has_a_list_of_devices_and_logs_out_of_all_of_them() {
        try (var here = Instance.start(servletContext -> keepSessionsOutside(one, servletContext), PAGES);
                var there = Instance.start(servletContext -> keepSessionsOutside(two, servletContext), PAGES);
                var phone = new Visitor();
                var desk = new Visitor()) {
            phone.send("POST", here.at("/login"), "User-Agent", "Mozilla/5.0 (Android) Firefox/150.0");
            desk.send("POST", there.at("/login"), "User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/150.0");

            assertThat(desk.get(here.at("/devices")))
                    .startsWith("ada\n")
                    .contains("Firefox on Linux, 20", "Firefox on Android, 20");
            assertThat(desk.get(here.at("/logout-everywhere"))).isEqualTo("2");
            assertThat(phone.get(there.at("/devices"))).isEqualTo("nobody\n");
        }
    }

    @Test
    void a_session_is_used_without_a_filter() {
        var sessions = one.sessions(SessionSettings.defaults());
        var id = SessionId.random();
        sessions.create(
                id, Changes.none().put("theme", "\"dark\"")); // id.text() is for the visitor and for nobody else

        useInAnotherProcess(two.sessions(SessionSettings.defaults()), id);

        var session = sessions.find(id).orElseThrow();
        assertThat(session.attributes().values())
                .extracting(Attribute::json)
                .containsExactlyInAnyOrder("\"light\"", "1");
        var renewed = logIn(sessions, id);
        assertThat(sessions.find(id).orElseThrow().superseded()).isTrue();
        assertThat(sessions.find(SessionId.parse(renewed).orElseThrow())
                        .orElseThrow()
                        .user())
                .contains("ada");
        assertThat(sessions.devices("ada")).hasSize(1);
    }

    private static void useInAnotherProcess(Sessions sessions, SessionId id) {
        var session = sessions.find(id); // and its end is moved: empty where it has ended
        var saved = sessions.save(id, Changes.none().put("theme", "\"light\"").remove("draft"));
        sessions.update(
                id,
                "visits",
                json -> Optional.of(String.valueOf(json.map(Integer::valueOf).orElse(0) + 1)));

        assertThat(session).isPresent();
        assertThat(saved).isEqualTo(new Saved(id));
    }

    private static String logIn(Sessions sessions, SessionId id) {
        var answers = new ArrayList<String>();
        logIn(sessions, id, answers::add);
        return answers.getFirst();
    }

    private static void logIn(Sessions sessions, SessionId id, Consumer<String> answer) {
        if (sessions.save(id, Changes.none().user("ada").rotate()) instanceof Saved(var renewed)) {
            answer.accept(renewed.text());
        }
    }

    @Test
    void a_sealed_cookie_needs_no_store() {
        var keys = SealingKeys.random("2026a");
        try (var here = Instance.start(servletContext -> sealSessions(keys, servletContext), PAGES);
                var there = Instance.start(servletContext -> sealSessions(keys, servletContext), PAGES);
                var visitor = new Visitor()) {
            visitor.send("POST", here.at("/login"));

            assertThat(visitor.get(there.at("/me"))).isEqualTo("ada");
        }
    }
}
