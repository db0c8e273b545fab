package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a visitor sees while the store cannot be asked. */
class OutageTest extends FilterTest {
    private static final Page SET = (request, response) -> {
        request.getSession().setAttribute("name", "Ada");
        response.setHeader("X-App", "yes");
        response.getWriter().print("the application's answer");
    };

    private static void isUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("2");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(answer.headers().firstValue("X-App")).isEmpty();
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(answer.body())
                .contains("\"error\":\"session_store_unavailable\"")
                .doesNotContain("application");
    }

    @Test
    void a_session_that_cannot_be_read_is_a_503_and_no_new_session() {
        var server = start(Map.of("/set", SET));
        visitor.get(server, "/set");
        store.cutOffReading = true;

        isUnavailable(visitor.get(server, "/set"));

        store.cutOffReading = false;
        assertThat(visitor.get(server, "/set").statusCode()).isEqualTo(200);
    }

    @Test
    void the_store_is_asked_once_however_often_the_application_tries() {
        var server = start(Map.of("/set", SET, "/stubborn", (request, response) -> {
            for (int i = 0; i < 3; i++) {
                try {
                    request.getSession();
                } catch (RuntimeException e) {
                    response.getWriter().print("x");
                }
            }
        }));
        visitor.get(server, "/set");
        store.forget();
        store.cutOffReading = true;

        assertThat(visitor.get(server, "/stubborn").body()).isEqualTo("xxx");
        assertThat(store.asked).containsExactly("find");
    }

    @Test
    void an_outage_that_a_framework_wrapped_is_a_503_too() {
        var server = start(Map.of("/set", SET, "/wrapped", (request, response) -> {
            try {
                request.getSession();
            } catch (RuntimeException e) {
                throw new ServletException("wrapped", new IllegalStateException("again", e));
            }
        }));
        visitor.get(server, "/set");
        store.cutOffReading = true;

        isUnavailable(visitor.get(server, "/wrapped"));
    }

    @Test
    void a_session_that_cannot_be_saved_is_a_503_whatever_the_application_answered() {
        var server = start(Map.of("/set", SET));
        store.cutOffWriting = true;

        isUnavailable(visitor.get(server, "/set"));
    }

    @Test
    void what_the_application_writes_after_a_failed_save_is_thrown_away() {
        var server = start(Map.of("/set", (request, response) -> {
            request.getSession().setAttribute("name", "Ada");
            var out = response.getOutputStream();
            out.print("the application's answer");
            out.flush();
            out.print("more of the application's answer");
            out.flush();
            response.flushBuffer();
            out.close();
        }));
        store.cutOffWriting = true;

        isUnavailable(visitor.get(server, "/set"));
    }

    @Test
    void the_headers_of_filters_outside_stay() {
        var filter = new SessionFilter(store, SETTINGS);
        Filter outside = (request, response, chain) -> {
            ((HttpServletResponse) response).setHeader("X-Content-Type-Options", "nosniff");
            ((HttpServletResponse) response).addHeader("X-Outer", "one");
            ((HttpServletResponse) response).addHeader("X-Outer", "two");
            filter.doFilter(request, response, chain);
        };
        store.cutOffWriting = true;
        try (var server = container.start(outside, Map.of("/set", SET))) {
            var answer = visitor.get(server, "/set");

            isUnavailable(answer);
            assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
            assertThat(answer.headers().allValues("X-Outer")).containsExactly("one", "two");
        }
    }

    @Test
    void a_redirect_that_could_not_be_saved_is_a_503() {
        var server = start(Map.of("/set", (request, response) -> {
            request.getSession().setAttribute("name", "Ada");
            response.sendRedirect("/welcome");
        }));
        store.cutOffWriting = true;

        isUnavailable(visitor.get(server, "/set"));
    }

    @Test
    void a_log_out_that_the_store_did_not_hear_of_is_a_503() {
        var server = start(Map.of("/set", SET, "/logout", (request, response) -> {
            request.getSession().invalidate();
            response.getWriter().print("the application says good-bye");
        }));
        visitor.get(server, "/set");
        store.cutOffWriting = true;

        isUnavailable(visitor.get(server, "/logout"));
    }

    @Test
    void another_failure_is_not_taken_for_an_outage() {
        var server = start(Map.of("/broken", (request, response) -> {
            throw new dev.coatcheck.state.BackingServiceException(
                    "another store", "read something", new IllegalStateException("down"));
        }));

        assertThat(visitor.get(server, "/broken").statusCode()).isEqualTo(500);
    }

    @Test
    void an_asynchronous_request_whose_session_cannot_be_saved_is_a_503() {
        var server = start(Map.of("/async", (request, response) -> {
            var async = request.startAsync();
            Thread.ofVirtual().name("page").start(() -> {
                request.getSession().setAttribute("name", "Ada");
                async.complete();
            });
        }));
        store.cutOffWriting = true;

        isUnavailable(visitor.get(server, "/async"));
    }
}
