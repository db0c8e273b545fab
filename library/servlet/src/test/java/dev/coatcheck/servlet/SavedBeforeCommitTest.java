package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** However a response comes to be committed, the store has the session by then. */
class SavedBeforeCommitTest extends FilterTest {

    /** Lets the page that a test reads the beginning of go on to its end. */
    private final CountDownLatch seen = new CountDownLatch(1);

    /** The page's response begins to arrive while the page still runs; the session must be stored already. */
    private void isSavedWhileThePageStillRuns(Page page) throws IOException {
        var server = start(Map.of("/page", (request, response) -> {
            request.getSession().setAttribute("saved", true);
            page.serve(request, response);
            await(seen);
        }));

        var answer = visitor.send("GET", server, "/page", HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            assertThat(stored().orElseThrow().attributes()).containsKey("saved");
            seen.countDown();
            body.readAllBytes();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the response did not begin to arrive while the page ran");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void at_flushBuffer() throws IOException {
        isSavedWhileThePageStillRuns((request, response) -> response.flushBuffer());
    }

    @Test
    void at_a_flush_of_the_stream() throws IOException {
        isSavedWhileThePageStillRuns(
                (request, response) -> response.getOutputStream().flush());
    }

    @Test
    void at_a_flush_of_the_writer() throws IOException {
        isSavedWhileThePageStillRuns((request, response) -> {
            response.getWriter().print("hello");
            response.getWriter().flush();
        });
    }

    @Test
    void at_the_close_of_the_stream() throws IOException {
        isSavedWhileThePageStillRuns((request, response) -> {
            response.getOutputStream().print("hello");
            response.getOutputStream().close();
        });
    }

    @Test
    void at_a_body_that_is_larger_than_the_buffer() throws IOException {
        isSavedWhileThePageStillRuns(
                (request, response) -> response.getOutputStream().write(new byte[300_000]));
    }

    @Test
    void at_many_small_writes() throws IOException {
        isSavedWhileThePageStillRuns((request, response) -> {
            for (int i = 0; i < 300_000; i++) {
                response.getOutputStream().write('x');
            }
        });
    }

    @Test
    void at_many_characters() throws IOException {
        isSavedWhileThePageStillRuns((request, response) -> {
            for (int i = 0; i < 30_000; i++) {
                response.getWriter().print("0123456789");
            }
        });
    }

    @Test
    void before_a_redirect_is_followed_on_another_instance() {
        Page target = (request, response) ->
                response.getWriter().print(request.getSession(false).getAttribute("saved"));
        var one = start(Map.of("/redirect", (request, response) -> {
            request.getSession().setAttribute("saved", true);
            response.sendRedirect("/target");
            request.getSession().setAttribute("after", true);
        }));
        var two = start(Map.of("/target", target));

        var redirect = visitor.get(one, "/redirect");

        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(visitor.follow(two, redirect).body()).isEqualTo("true");
        assertThat(stored().orElseThrow().attributes()).containsKeys("saved", "after");
    }

    @Test
    void before_an_error_is_sent() {
        var server = start(Map.of("/error", (request, response) -> {
            request.getSession().setAttribute("saved", true);
            response.sendError(418, "short and stout");
        }));

        assertThat(visitor.get(server, "/error").statusCode()).isEqualTo(418);
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
    }

    @Test
    void before_an_exception_becomes_an_error() {
        var server = start(Map.of("/exception", (request, response) -> {
            request.getSession().setAttribute("saved", true);
            response.getWriter().print("half an answer");
            throw new UnsupportedOperationException("as planned");
        }));

        var answer = visitor.get(server, "/exception");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("half an answer");
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
    }

    @Test
    void after_a_forward() {
        var server = start(Map.of(
                "/forward",
                (request, response) -> {
                    request.getSession().setAttribute("saved", true);
                    request.getRequestDispatcher("/target").forward(request, response);
                },
                "/target",
                (request, response) ->
                        response.getWriter().print(request.getSession().getAttribute("saved"))));

        assertThat(visitor.get(server, "/forward").body()).isEqualTo("true");
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
        assertThat(store.saved).hasSize(1);
    }

    @Test
    void what_was_written_before_a_forward_is_forgotten() {
        var server = start(Map.of(
                "/half",
                (request, response) -> {
                    response.getWriter().print("half an answer");
                    request.getRequestDispatcher("/target").forward(request, response);
                },
                "/target",
                (request, response) -> response.getWriter().print("whole")));

        assertThat(visitor.get(server, "/half").body()).isEqualTo("whole");
    }

    @Test
    void when_an_asynchronous_request_completes() {
        var server = start(Map.of("/async", (request, response) -> {
            var async = request.startAsync();
            Thread.ofVirtual().name("page").start(() -> {
                request.getSession().setAttribute("saved", true);
                try {
                    async.getResponse().getWriter().print("done");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                async.complete();
            });
        }));

        assertThat(visitor.get(server, "/async").body()).isEqualTo("done");
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
        assertThat(store.asked).containsExactly("create", "find");
    }

    @Test
    void when_an_asynchronous_request_is_dispatched() {
        var server = start(Map.of(
                "/async",
                (request, response) -> {
                    request.getSession().setAttribute("first", true);
                    response.getWriter().print("first ");
                    var async = request.startAsync();
                    Thread.ofVirtual().name("page").start(() -> async.dispatch("/second"));
                },
                "/second",
                (request, response) -> {
                    request.getSession().setAttribute("second", true);
                    response.getWriter().print("second");
                }));

        assertThat(visitor.get(server, "/async").body()).isEqualTo("first second");
        assertThat(stored().orElseThrow().attributes()).containsKeys("first", "second");
    }

    @Test
    void when_an_asynchronous_request_is_dispatched_and_written_to_as_a_stream() {
        var server = start(Map.of(
                "/async",
                (request, response) -> {
                    response.getOutputStream().print("first ");
                    request.startAsync().dispatch("/second");
                },
                "/second",
                (request, response) -> response.getOutputStream().print("second")));

        assertThat(visitor.get(server, "/async").body()).isEqualTo("first second");
    }

    @Test
    void when_a_listener_completes_an_asynchronous_request_at_its_time_out() {
        var server = start(Map.of("/async", (request, response) -> {
            var async = request.startAsync();
            async.setTimeout(50);
            async.addListener(new CompleteAtTimeout());
        }));

        assertThat(visitor.get(server, "/async").body()).isEqualTo("timed out");
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
    }

    private static final class CompleteAtTimeout implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            var async = event.getAsyncContext();
            ((HttpServletRequest) async.getRequest()).getSession().setAttribute("saved", true);
            async.getResponse().getWriter().print("timed out");
            async.complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    @Test
    void what_changes_after_the_commit_is_saved_at_the_end() {
        var server = start(Map.of("/late", (request, response) -> {
            request.getSession().setAttribute("early", true);
            response.flushBuffer();
            request.getSession().setAttribute("late", true);
        }));
        visitor.get(server, "/late");

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(stored().orElseThrow().attributes()).containsKeys("early", "late"));
    }

    @Test
    void a_session_cannot_begin_after_the_commit() {
        var server = start(Map.of("/late", (request, response) -> {
            response.flushBuffer();
            try {
                request.getSession();
            } catch (IllegalStateException e) {
                response.getWriter().print(e.getMessage());
            }
        }));

        assertThat(visitor.get(server, "/late").body()).contains("cannot begin once the response is committed");
        assertThat(store.asked).isEmpty();
    }

    @Test
    void a_reset_does_not_lose_the_cookie() {
        var server = start(Map.of("/reset", (request, response) -> {
            request.getSession().setAttribute("saved", true);
            response.setBufferSize(64 * 1024);
            response.getOutputStream().write(new byte[40_000]);
            response.reset();
            response.getOutputStream().print("anew");
        }));

        assertThat(visitor.get(server, "/reset").body()).isEqualTo("anew");
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
    }
}
