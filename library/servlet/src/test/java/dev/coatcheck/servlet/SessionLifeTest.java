package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SessionId;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SessionLifeTest extends FilterTest {
    private static final Page SET = (request, response) -> {
        var session = request.getSession();
        response.getWriter().print(session.getId() + " " + session.isNew());
        session.setAttribute("name", "Ada");
    };
    private static final Page READ = (request, response) -> {
        var session = request.getSession(false);
        response.getWriter().print(session == null ? "none" : String.valueOf(session.getAttribute("name")));
    };
    private static final Page LOG_IN = (request, response) -> SessionUser.logIn(request, "ada");
    private static final Page WHO = (request, response) ->
            response.getWriter().print(SessionUser.of(request).orElse("nobody"));

    private SessionId id() {
        return visitor.sessionId().orElseThrow();
    }

    @Test
    void its_public_id_opens_nothing_and_stays_the_same() {
        var server = start(Map.of("/set", SET));
        var first = visitor.get(server, "/set").body();
        var second = visitor.get(server, "/set").body();

        assertThat(first).endsWith(" true").doesNotContain(id().secret().substring(0, 10));
        assertThat(second).isEqualTo(first.replace(" true", " false"));
    }

    @Test
    void changing_its_id_makes_the_old_cookie_worthless_after_the_grace() {
        var server = start(Map.of("/set", SET, "/read", READ, "/rotate", (request, response) -> {
            var before = request.getSession().getId();
            var after = request.changeSessionId();
            response.getWriter()
                    .print(!before.equals(after)
                            && after.equals(request.getSession().getId()));
            request.getSession().setAttribute("secret", "after");
        }));
        visitor.get(server, "/set");
        var old = new Visitor();
        old.cookies.putAll(visitor.cookies);

        assertThat(visitor.get(server, "/rotate").body()).isEqualTo("true");

        assertThat(visitor.cookies).isNotEqualTo(old.cookies);
        assertThat(visitor.get(server, "/read").body()).isEqualTo("Ada");
        // Requests under way still find what there was before, and change nothing.
        var superseded = store.find(old.sessionId().orElseThrow()).orElseThrow();
        assertThat(superseded.superseded()).isTrue();
        assertThat(superseded.attributes()).doesNotContainKey("secret");
        var late = old.get(server, "/set");
        assertThat(late.statusCode()).isEqualTo(200);
        assertThat(late.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void of_two_requests_that_change_its_id_at_once_one_does_and_the_other_leaves_it_alone() {
        var server = start(Map.of("/set", SET, "/login", LOG_IN, "/who", WHO, "/rotate", (request, response) -> {
            request.changeSessionId();
            request.getSession().setAttribute("late", true);
        }));
        visitor.get(server, "/set");
        visitor.get(server, "/login");
        var loser = new Visitor();
        loser.cookies.putAll(visitor.cookies);
        store.beforeSave = () -> visitor.get(server, "/rotate");

        var answer = loser.get(server, "/rotate");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(visitor.sessionId()).isNotEqualTo(loser.sessionId());
        assertThat(visitor.get(server, "/who").body()).isEqualTo("ada");
        assertThat(stored().orElseThrow().attributes()).containsKeys("name", "late");
        assertThat(store.devices("ada")).hasSize(1);
    }

    @Test
    void logging_out_ends_it_everywhere_and_clears_the_cookie() {
        var one = start(Map.of("/set", SET, "/logout", (request, response) -> {
            var session = request.getSession();
            session.invalidate();
            try {
                session.getAttribute("name");
            } catch (IllegalStateException e) {
                response.getWriter().print("ended " + request.getSession(false));
            }
        }));
        var two = start(Map.of("/read", READ));
        visitor.get(one, "/set");
        var copy = new Visitor();
        copy.cookies.putAll(visitor.cookies);

        var answer = visitor.get(one, "/logout");

        assertThat(answer.body()).isEqualTo("ended null");
        assertThat(answer.headers().firstValue("Set-Cookie"))
                .contains("session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
        assertThat(visitor.cookies).isEmpty();
        assertThat(copy.get(two, "/read").body()).isEqualTo("none");
    }

    @Test
    void another_can_begin_where_one_was_ended() {
        var server = start(Map.of("/set", SET, "/read", READ, "/again", (request, response) -> {
            request.getSession().invalidate();
            request.getSession().setAttribute("name", "Grace");
        }));
        visitor.get(server, "/set");
        var old = id();

        visitor.get(server, "/again");

        assertThat(id().handle()).isNotEqualTo(old.handle());
        assertThat(visitor.get(server, "/read").body()).isEqualTo("Grace");
        assertThat(store.find(old)).isEmpty();
    }

    @Test
    void one_that_was_ended_meanwhile_stays_ended() {
        var server = start(Map.of("/set", SET, "/change", (request, response) -> {
            request.getSession().setAttribute("name", "Grace");
            response.getWriter().print("changed");
        }));
        visitor.get(server, "/set");
        store.beforeSave = () -> store.destroy(id());

        var answer = visitor.get(server, "/change");

        assertThat(answer.body()).isEqualTo("changed");
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(stored()).isEmpty();
    }

    @Test
    void what_is_dropped_since_the_id_changed_is_told_in_the_log_by_its_name() {
        Page change = (request, response) -> request.getSession().setAttribute("name", "Grace");
        var server = start(
                Map.of("/set", SET, "/change", change, "/rotate", (request, response) -> request.changeSessionId()));
        visitor.get(server, "/set");
        var old = new Visitor();
        old.cookies.putAll(visitor.cookies);
        visitor.get(server, "/rotate");
        var logger = (Logger) LoggerFactory.getLogger(SessionFilter.class);
        var told = new ListAppender<ILoggingEvent>();
        told.start();
        logger.addAppender(told);
        try {
            old.get(server, "/change");
        } finally {
            logger.detachAppender(told);
        }

        assertThat(told.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("changes of [name] are dropped");
    }

    @Test
    void logging_in_gives_it_a_user_a_new_id_and_a_label_in_one_write() {
        var server = start(Map.of("/set", SET, "/login", LOG_IN, "/who", WHO));
        visitor.get(server, "/set");
        var before = id();
        store.forget();

        visitor.get(
                server,
                "/login",
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");

        assertThat(store.asked).containsExactly("find", "save");
        assertThat(id().handle()).isEqualTo(before.handle());
        assertThat(id().secret()).isNotEqualTo(before.secret());
        assertThat(visitor.get(server, "/who").body()).isEqualTo("ada");
        assertThat(store.devices("ada"))
                .extracting(device -> device.label().orElseThrow())
                .containsExactly("Firefox on Linux");
    }

    @Test
    void logging_in_succeeds_though_the_session_before_was_ended_meanwhile() {
        var server = start(Map.of("/set", SET, "/read", READ, "/who", WHO, "/login", (request, response) -> {
            request.getSession().setAttribute("theme", "dark");
            SessionUser.logIn(request, "ada");
        }));
        visitor.get(server, "/set");
        var old = id();
        store.beforeSave = () -> store.destroy(old);

        visitor.get(server, "/login");

        assertThat(id().handle()).isNotEqualTo(old.handle());
        assertThat(visitor.get(server, "/who").body()).isEqualTo("ada");
        assertThat(stored().orElseThrow().attributes().keySet()).containsExactly("theme");
    }

    @Test
    void logging_in_again_keeps_what_it_puts_though_another_request_did_the_same_before() {
        var server = start(Map.of("/who", WHO, "/login", (request, response) -> {
            request.getSession().setAttribute("email", "ada@example.org");
            SessionUser.logIn(request, "ada");
        }));
        visitor.get(server, "/login");
        var late = new Visitor();
        late.cookies.putAll(visitor.cookies);
        var sameMoment = new Visitor();
        sameMoment.cookies.putAll(visitor.cookies);
        store.beforeSave = () -> visitor.get(server, "/login");

        sameMoment.get(server, "/login");
        late.get(server, "/login");

        for (var each : List.of(visitor, sameMoment, late)) {
            assertThat(each.get(server, "/who").body()).isEqualTo("ada");
            var session = store.find(each.sessionId().orElseThrow()).orElseThrow();
            assertThat(session.superseded()).isFalse();
            assertThat(session.attributes()).containsKey("email");
        }
    }

    @Test
    void a_user_sees_their_devices_and_logs_out_of_one_or_all() {
        var server = start(Map.of(
                "/login", LOG_IN,
                "/who", WHO,
                "/devices",
                        (request, response) -> {
                            var own = SessionUser.device(request).orElseThrow();
                            response.getWriter()
                                    .print(SessionUser.devices(request).stream()
                                            .map(Device::handle)
                                            .filter(handle -> !handle.equals(own))
                                            .toList());
                        },
                "/revoke",
                        (request, response) ->
                                response.getWriter().print(SessionUser.revoke(request, request.getParameter("device"))),
                "/everywhere",
                        (request, response) -> response.getWriter().print(SessionUser.logOutEverywhere(request))));
        var phone = new Visitor();
        var tablet = new Visitor();
        visitor.get(server, "/login");
        phone.get(server, "/login");
        tablet.get(server, "/login");
        var phoneHandle = phone.sessionId().orElseThrow().handle();

        assertThat(visitor.get(server, "/devices").body()).contains(phoneHandle).doesNotContain(id().handle());
        assertThat(visitor.get(server, "/revoke?device=" + phoneHandle).body()).isEqualTo("true");
        assertThat(phone.get(server, "/who").body()).isEqualTo("nobody");
        assertThat(tablet.get(server, "/who").body()).isEqualTo("ada");

        assertThat(visitor.get(server, "/everywhere").body()).isEqualTo("2");
        assertThat(visitor.cookies).isEmpty();
        assertThat(tablet.get(server, "/who").body()).isEqualTo("nobody");
    }

    @Test
    void its_times_are_those_of_the_store() {
        var server = start(Map.of("/set", SET, "/times", (request, response) -> {
            var session = request.getSession();
            response.getWriter()
                    .print(session.getCreationTime() + " " + session.getLastAccessedTime() + " "
                            + session.getMaxInactiveInterval() + " " + request.isRequestedSessionIdValid());
        }));
        assertThat(visitor.get(server, "/times").body()).endsWith(" 1800 false");
        var session = stored().orElseThrow();

        assertThat(visitor.get(server, "/times").body())
                .isEqualTo(session.createdAt().toEpochMilli() + " "
                        + session.lastSeenAt().toEpochMilli() + " 1800 true");
    }

    @Test
    void its_idle_time_out_is_stored_with_it() {
        var server = start(
                SETTINGS.withIdleTimeout(Duration.ofMinutes(5)), Map.of("/set", SET, "/keep", (request, response) -> {
                    request.getSession().setMaxInactiveInterval(7_200);
                    response.getWriter().print(request.getSession().getMaxInactiveInterval());
                }));
        visitor.get(server, "/set");
        assertThat(stored().orElseThrow().idleTimeout()).isEqualTo(Duration.ofMinutes(5));

        assertThat(visitor.get(server, "/keep").body()).isEqualTo("7200");

        assertThat(stored().orElseThrow().idleTimeout()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void one_that_grows_too_large_is_an_error_and_stays_as_it_was() {
        var server = start(Map.of("/set", SET, "/read", READ, "/grow", (request, response) -> {
            request.getSession().setAttribute("name", "x".repeat(100_000));
            response.getWriter().print("grown");
        }));
        visitor.get(server, "/set");

        var answer = visitor.get(server, "/grow");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("session_not_saved").doesNotContain("grown");
        assertThat(visitor.get(server, "/read").body()).isEqualTo("Ada");
    }

    @Test
    void a_value_of_another_type_is_refused_where_it_is_set() {
        var server = start(Map.of("/refused", (request, response) -> {
            try {
                request.getSession().setAttribute("thread", new Thread());
            } catch (IllegalArgumentException e) {
                response.getWriter().print(e.getMessage());
            }
        }));

        assertThat(visitor.get(server, "/refused").body())
                .contains("\"thread\"", "java.lang.Thread", "SessionFilterSettings.withTypes");
    }

    @Test
    void an_attribute_that_cannot_be_read_is_left_out_and_stays_in_the_store() {
        var filter = new SessionFilter(store, SETTINGS);
        var server = start(filter, Map.of("/set", SET, "/names", (request, response) -> {
            var session = request.getSession();
            response.getWriter()
                    .print(session.getAttribute("cart") + " " + Collections.list(session.getAttributeNames()));
            session.setAttribute("other", 1);
        }));
        visitor.get(server, "/set");
        store.save(id(), Changes.none().put("cart", "{\"v\":1,\"type\":\"com.acme.Cart\",\"value\":{}}"));

        assertThat(visitor.get(server, "/names").body()).isEqualTo("null [name]");

        assertThat(filter.unreadableAttributes()).isEqualTo(1);
        assertThat(stored().orElseThrow().attributes().keySet()).containsExactlyInAnyOrder("name", "cart", "other");
    }

    @Test
    void concurrent_requests_that_change_different_attributes_both_survive() {
        var server = start(Map.of("/set", SET, "/change", (request, response) -> {
            request.getSession().setAttribute(request.getParameter("attribute"), true);
        }));
        visitor.get(server, "/set");
        store.beforeSave = () -> visitor.get(server, "/change?attribute=inner");

        visitor.get(server, "/change?attribute=outer");

        assertThat(stored().orElseThrow().attributes()).containsKeys("name", "inner", "outer");
    }

    record Listening(String text) implements HttpSessionBindingListener {
        static final List<String> HEARD = new CopyOnWriteArrayList<>();

        @Override
        public void valueBound(HttpSessionBindingEvent event) {
            HEARD.add("bound " + text);
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            HEARD.add("unbound " + text);
        }
    }

    private static final class Listener
            implements HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {
        @Override
        public void sessionCreated(HttpSessionEvent event) {
            Listening.HEARD.add("created");
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            Listening.HEARD.add("destroyed");
        }

        @Override
        public void sessionIdChanged(HttpSessionEvent event, String oldId) {
            Listening.HEARD.add("id changed " + !oldId.equals(event.getSession().getId()));
        }

        @Override
        public void attributeAdded(HttpSessionBindingEvent event) {
            Listening.HEARD.add("added " + event.getValue());
        }

        @Override
        public void attributeReplaced(HttpSessionBindingEvent event) {
            Listening.HEARD.add("replaced " + event.getValue());
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            Listening.HEARD.add("removed " + event.getValue());
        }
    }

    @Test
    void listeners_hear_what_this_process_does() {
        Listening.HEARD.clear();
        var settings = SETTINGS.withTypes(Listening.class).withListener(new Listener());
        var server = start(
                settings,
                Map.of(
                        "/one",
                        (request, response) -> {
                            request.getSession().setAttribute("a", new Listening("1"));
                            request.changeSessionId();
                        },
                        "/two",
                        (request, response) -> {
                            request.getSession().setAttribute("a", new Listening("2"));
                            request.getSession().invalidate();
                        }));

        visitor.get(server, "/one");
        visitor.get(server, "/two");

        assertThat(Listening.HEARD)
                .containsExactly(
                        "created",
                        "bound 1",
                        "added Listening[text=1]",
                        "id changed true",
                        "bound 2",
                        "unbound 1",
                        "replaced Listening[text=1]",
                        "destroyed",
                        "unbound 2",
                        "removed Listening[text=2]");
    }
}
