package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.Changes.AttributeChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SessionCostTest extends FilterTest {
    private static final Page SET = (request, response) -> {
        request.getSession().setAttribute("name", "Ada");
        request.getSession().setAttribute("list", new ArrayList<>(List.of("a")));
        response.getWriter().print("set");
    };
    private static final Page READ = (request, response) -> {
        var session = request.getSession(false);
        response.getWriter()
                .print(session == null ? "none" : session.getAttribute("name") + " " + session.getAttribute("list"));
    };

    @Test
    void what_one_instance_keeps_another_reads() {
        var one = start(Map.of("/set", SET));
        var two = start(Map.of("/read", READ));
        visitor.get(one, "/set");

        assertThat(visitor.get(two, "/read").body()).isEqualTo("Ada [a]");
    }

    @Test
    void a_request_that_does_not_touch_the_session_costs_nothing() {
        var server = start(Map.of(
                "/set",
                SET,
                "/plain",
                (request, response) -> response.getWriter().print("plain")));
        visitor.get(server, "/set");
        store.forget();

        assertThat(visitor.get(server, "/plain").body()).isEqualTo("plain");
        assertThat(store.asked).isEmpty();
    }

    @Test
    void a_visitor_without_a_cookie_costs_nothing() {
        var server = start(Map.of("/read", READ));

        assertThat(visitor.get(server, "/read").body()).isEqualTo("none");
        assertThat(store.asked).isEmpty();
    }

    @Test
    void a_request_that_reads_the_session_costs_one_read() {
        var server = start(Map.of("/set", SET, "/read", READ));
        visitor.get(server, "/set");
        store.forget();

        var answer = visitor.get(server, "/read");

        assertThat(answer.body()).isEqualTo("Ada [a]");
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(store.asked).containsExactly("find");
    }

    @Test
    void a_new_session_costs_one_write() {
        visitor.get(start(Map.of("/set", SET)), "/set");

        assertThat(store.asked).containsExactly("create");
    }

    @Test
    void only_what_changed_is_written() {
        var server = start(Map.of("/set", SET, "/change", (request, response) -> {
            request.getSession().setAttribute("theme", "dark");
            request.getSession().setAttribute("name", "Ada"); // as it was
            request.getSession().getAttribute("list"); // looked at and left alone
        }));
        visitor.get(server, "/set");
        store.forget();

        visitor.get(server, "/change");

        assertThat(store.asked).containsExactly("find", "save");
        assertThat(store.saved.getFirst().attributes())
                .isEqualTo(Map.of("theme", new AttributeChange(Optional.of("\"dark\""), OptionalLong.empty())));
    }

    @Test
    void a_value_that_was_taken_out_and_altered_is_noticed() {
        var server = start(Map.of("/set", SET, "/read", READ, "/alter", (request, response) -> {
            @SuppressWarnings("unchecked")
            var list = (List<String>) request.getSession().getAttribute("list");
            list.add("b");
        }));
        visitor.get(server, "/set");
        store.forget();

        visitor.get(server, "/alter");

        assertThat(store.saved.getFirst().attributes().keySet()).containsExactly("list");
        assertThat(visitor.get(server, "/read").body()).isEqualTo("Ada [a, b]");
    }

    @Test
    void a_removed_attribute_is_gone_for_all() {
        var server = start(Map.of("/set", SET, "/read", READ, "/remove", (request, response) -> {
            request.getSession().setAttribute("other", 1);
            request.getSession().removeAttribute("other"); // was never stored, so nothing to remove
            request.getSession().setAttribute("name", null);
        }));
        visitor.get(server, "/set");
        store.forget();

        visitor.get(server, "/remove");

        assertThat(store.saved.getFirst().attributes().keySet()).containsExactly("name");
        assertThat(visitor.get(server, "/read").body()).isEqualTo("null [a]");
    }

    @Test
    void removing_putting_and_removing_again_removes() {
        var server = start(Map.of("/set", SET, "/read", READ, "/remove", (request, response) -> {
            request.getSession().removeAttribute("name");
            request.getSession().setAttribute("name", "Grace");
            request.getSession().removeAttribute("name");
        }));
        visitor.get(server, "/set");

        visitor.get(server, "/remove");

        assertThat(visitor.get(server, "/read").body()).isEqualTo("null [a]");
    }

    @Test
    void the_same_object_is_given_out_all_through_a_request() {
        var server = start(Map.of("/set", SET, "/same", (request, response) -> {
            @SuppressWarnings("unchecked")
            var list = (List<String>) request.getSession().getAttribute("list");
            list.add("b");
            response.getWriter().print(request.getSession().getAttribute("list"));
        }));
        visitor.get(server, "/set");

        assertThat(visitor.get(server, "/same").body()).isEqualTo("[a, b]");
    }
}
