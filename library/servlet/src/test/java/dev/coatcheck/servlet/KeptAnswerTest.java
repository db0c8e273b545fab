package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of an answer, when, and how it is given again. */
class KeptAnswerTest extends IdempotencyTest {

    @Test
    void status_headers_and_body_come_again_and_cookies_do_not() {
        var server = serve((request, response) -> {
            response.setStatus(201);
            response.setHeader("Location", "/payments/1");
            response.setHeader("ETag", "\"1\"");
            response.addHeader("Link", "</a>; rel=a");
            response.addHeader("Link", "</b>; rel=b");
            response.setHeader("X-Own", "not kept");
            response.setHeader("Set-Cookie", "session=secret");
            response.setContentType("application/json");
            response.setCharacterEncoding("UTF-8");
            response.getWriter().print("{\"name\":\"\u00e4\ud83e\udde5\"}");
        });
        var first = post(server, "a");
        var second = post(server, "a");

        isReplay(second, first);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo("{\"name\":\"\u00e4\ud83e\udde5\"}");
        assertThat(second.headers().firstValue("Location")).contains("/payments/1");
        assertThat(second.headers().firstValue("ETag")).contains("\"1\"");
        assertThat(second.headers().allValues("Link")).containsExactly("</a>; rel=a", "</b>; rel=b");
        assertThat(second.headers().firstValue("Content-Type"))
                .isEqualTo(first.headers().firstValue("Content-Type"));
        assertThat(first.headers().firstValue("Content-Length")).isPresent();
        assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(second.headers().firstValue("X-Own")).isEmpty();
    }

    @Test
    void headers_can_be_chosen_but_for_cookies() {
        var server = start(
                SETTINGS.keeping(AnswersToKeep.defaults().withHeaders(Set.of("x-own"))),
                Map.of("/pay", (request, response) -> response.setHeader("X-Own", "kept")));
        post(server, "a");

        assertThat(post(server, "a").headers().firstValue("X-Own")).contains("kept");
        assertThatThrownBy(() -> AnswersToKeep.defaults().withHeaders(Set.of("set-cookie")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_body_that_is_no_text_comes_again_byte_for_byte() {
        var bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        var server = serve((request, response) -> {
            response.setContentType("application/octet-stream");
            var out = response.getOutputStream();
            out.write(bytes, 0, 100);
            out.flush();
            for (int i = 100; i < bytes.length; i++) {
                out.write(bytes[i]);
            }
            response.flushBuffer();
            out.close();
        });
        for (int i = 0; i < 2; i++) {
            var request = request(server.uri().resolve("/pay"), "Idempotency-Key", KEY)
                    .POST(HttpRequest.BodyPublishers.noBody());
            assertThat(bytesOf(request)).isEqualTo(bytes);
        }
        assertThat(runs).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 303})
    void a_redirect_comes_again(int status) {
        var server = serve((request, response) -> {
            response.getWriter().print("never mind");
            response.sendRedirect("/receipt", status);
        });
        var first = post(server, "a");
        var second = post(server, "a");

        assertThat(first.statusCode()).isEqualTo(status);
        assertThat(second.statusCode()).isEqualTo(status);
        assertThat(second.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(second.body()).doesNotContain("never mind");
        assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(runs).hasValue(1);
    }

    @Test
    void an_error_page_comes_again() {
        var server = serve((request, response) -> response.sendError(404, "no such account"));
        var first = post(server, "a");

        assertThat(first.statusCode()).isEqualTo(404);
        assertThat(post(server, "a").statusCode()).isEqualTo(404);
        assertThat(runs).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 408, 425, 429})
    void a_failure_that_may_pass_is_not_kept(int status) {
        var server = serve((request, response) -> {
            if (runs.get() == 1) {
                response.sendError(status);
            } else if (runs.get() == 2) {
                response.setStatus(status);
                response.getWriter().print("x".repeat(1_000_000));
            } else {
                response.getWriter().print("done");
            }
        });

        assertThat(post(server, "a").statusCode()).isEqualTo(status);
        assertThat(post(server, "a").statusCode()).isEqualTo(status);
        var first = post(server, "a");
        assertThat(first.body()).isEqualTo("done");
        isReplay(post(server, "a"), first);
    }

    @Test
    void what_fails_with_an_exception_may_be_run_again() {
        var server = serve((request, response) -> {
            response.getWriter().print("half");
            if (runs.get() == 1) {
                throw new UnsupportedOperationException("as planned");
            }
        });

        assertThat(post(server, "a").statusCode()).isEqualTo(500);
        assertThat(post(server, "a").body()).isEqualTo("half");
        assertThat(runs).hasValue(2);
    }

    @Test
    void an_answer_that_was_taken_back_is_not_kept() {
        var server = serve((request, response) -> {
            response.setHeader("ETag", "\"wrong\"");
            response.getWriter().print("wrong");
            response.reset();
            response.getOutputStream().print("wrong too");
            response.resetBuffer();
            response.getOutputStream().print("right");
        });
        var first = post(server, "a");

        assertThat(first.body()).isEqualTo("right");
        assertThat(first.headers().firstValue("ETag")).isEmpty();
        isReplay(post(server, "a"), first);
    }

    @Test
    void an_answer_that_is_too_large_arrives_whole_and_its_request_is_not_run_again() {
        var page = counted((request, response) -> {
            response.getWriter().print("x".repeat(700));
            response.getWriter().print("y".repeat(700));
        });
        var server = start(SETTINGS.keeping(AnswersToKeep.defaults().withMaxBytes(1_399)), Map.of("/pay", page));

        assertThat(post(server, "a").body()).isEqualTo("x".repeat(700) + "y".repeat(700));
        isRefused(post(server, "a"), 409, "idempotency_answer_not_kept");
        assertThat(runs).hasValue(1);
    }

    @Test
    void an_answer_of_the_greatest_length_is_kept() {
        var page = counted((request, response) -> response.getWriter().print("x".repeat(1_400)));
        var server = start(SETTINGS.keeping(AnswersToKeep.defaults().withMaxBytes(1_400)), Map.of("/pay", page));

        var first = post(server, "a");
        isReplay(post(server, "a"), first);
    }

    @Test
    void a_forward_and_an_include_are_parts_of_one_answer() {
        var server = start(Map.of(
                "/pay",
                counted((request, response) -> {
                    request.getRequestDispatcher("/part").include(request, response);
                    request.getRequestDispatcher(request.getQueryString() == null ? "/part" : "/whole")
                            .include(request, response);
                }),
                "/part",
                (request, response) -> response.getWriter().print("part "),
                "/forward",
                counted((request, response) ->
                        request.getRequestDispatcher("/whole").forward(request, response)),
                "/whole",
                (request, response) -> response.getWriter().print("whole")));
        var first = post(server, "a");
        assertThat(first.body()).isEqualTo("part part ");
        isReplay(post(server, "a"), first);

        var forwarded = send("POST", server, "/forward", "a", "Idempotency-Key", "another");
        assertThat(forwarded.body()).isEqualTo("whole");
        isReplay(send("POST", server, "/forward", "a", "Idempotency-Key", "another"), forwarded);
        assertThat(runs).hasValue(2);
    }

    @Test
    void a_forward_whose_answer_a_filter_further_in_holds_is_kept_whole() {
        var server = start(Map.of(
                "/pay",
                counted((request, response) -> {
                    var copying = new CopiedAnswer(response);
                    request.getRequestDispatcher("/receipt").forward(request, copying);
                    copying.copy();
                }),
                "/receipt",
                (request, response) -> response.getWriter().print("receipt")));

        var first = post(server, "a");
        if (container == Container.JETTY) { // Tomcat 11 takes no more of an answer once a forward has returned
            assertThat(first.body()).isEqualTo("receipt");
        }
        assertThat(post(server, "a").body()).isEqualTo("receipt");
        assertThat(runs).hasValue(1);
    }

    @Test
    void an_asynchronous_answer_is_kept_before_it_is_complete() {
        var server = start(Map.of(
                "/pay",
                counted((request, response) -> {
                    var async = request.startAsync();
                    Thread.ofVirtual().name("page").start(() -> {
                        try {
                            async.getResponse().getWriter().print("later");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        async.complete();
                    });
                }),
                "/dispatch",
                counted((request, response) -> {
                    response.getWriter().print("before ");
                    request.startAsync().dispatch("/after");
                }),
                "/after",
                (request, response) -> response.getWriter().print("after")));
        var first = post(server, "a");
        assertThat(first.body()).isEqualTo("later");
        isReplay(post(server, "a"), first);

        var dispatched = send("POST", server, "/dispatch", "a", "Idempotency-Key", "another");
        assertThat(dispatched.body()).isEqualTo("before after");
        isReplay(send("POST", server, "/dispatch", "a", "Idempotency-Key", "another"), dispatched);
        assertThat(runs).hasValue(2);
    }

    @Test
    void an_answer_that_is_written_without_blocking_arrives_and_its_request_is_not_run_again() {
        var server = serve(WrittenWithoutBlocking.PAGE);

        assertThat(post(server, "a").body()).isEqualTo(WrittenWithoutBlocking.BODY);
        isRefused(post(server, "a"), 409, "idempotency_answer_not_kept");
    }

    @Test
    void a_client_gets_its_answer_although_it_cannot_be_kept() {
        var server = serve((request, response) -> {
            store.cutOff = true;
            response.getWriter().print("done");
        });

        assertThat(post(server, "a").body()).isEqualTo("done");
        store.cutOff = false;
        isRefused(post(server, "a"), 409, "idempotency_request_in_progress");
    }

    @Test
    void what_a_newer_release_kept_is_not_run_again_and_not_guessed_at() {
        var server = serve((request, response) -> response.getWriter().print("{\"v\":2}"));
        var claim = claim("");
        store.record(claim, "{\"v\":2,\"kind\":\"whole\"}");

        isRefused(post(server, ""), 503, "idempotency_store_unavailable");
        assertThat(runs).hasValue(0);
    }

    @Test
    void what_the_first_release_kept_is_given() {
        var server = serve((request, response) -> {});
        store.record(claim(""), """
                {"v":1,"kind":"whole","status":202,"headers":{"Content-Type":["text/plain"],"Location":["/x"]},
                 "encoding":"base64","body":"aGVsbG8="}""");

        var answer = post(server, "");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.headers().firstValue("Location")).contains("/x");
        assertThat(runs).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"v\":1,\"kind\":\"other\"}", "{\"v\":1}"})
    void what_nobody_kept_is_no_answer(String strange) {
        assertThatThrownBy(() -> KeptAnswerJson.read(strange)).isInstanceOf(IllegalArgumentException.class);
    }

    /** As the filter claims a POST to /pay with the usual key. */
    private Claim claim(String body) {
        var digest = RequestFingerprint.of("POST", "/pay", "", body.getBytes(StandardCharsets.UTF_8));
        return ((Claimed) store.claim(RequestFingerprint.ofKey(KEY, Optional.empty()), digest)).claim();
    }

    private static byte[] bytesOf(HttpRequest.Builder request) {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
