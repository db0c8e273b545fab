package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are run, which are answered from what was kept, and which are refused. */
class IdempotentRequestTest extends IdempotencyTest {
    private static final Page ECHO = (request, response) -> {
        response.setContentType("text/plain");
        response.setCharacterEncoding("UTF-8");
        response.getWriter()
                .print("got " + new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    };

    @Test
    void a_request_that_is_repeated_is_run_once_whichever_instance_it_meets() {
        var one = serve(ECHO);
        var two = serve(ECHO);

        var first = post(one, "{\"amount\":5}");

        assertThat(first.body()).isEqualTo("got {\"amount\":5}");
        isReplay(post(two, "{\"amount\":5}"), first);
        isReplay(post(one, "{\"amount\":5}"), first);
        assertThat(runs).hasValue(1);
    }

    @Test
    void requests_without_a_key_and_of_other_methods_are_run_each_time() {
        var server = serve(ECHO);
        for (int i = 0; i < 2; i++) {
            assertThat(send("POST", server, "/pay", "x").body()).isEqualTo("got x");
            assertThat(send("PUT", server, "/pay", "x", "Idempotency-Key", KEY).statusCode())
                    .isEqualTo(200);
        }
        assertThat(runs).hasValue(4);
    }

    @Test
    void methods_can_be_chosen() {
        var server = start(SETTINGS.withMethods(Set.of("PUT")), Map.of("/pay", counted(ECHO)));
        for (int i = 0; i < 2; i++) {
            send("PUT", server, "/pay", "x", "Idempotency-Key", KEY);
            post(server, "x");
        }
        assertThat(runs).hasValue(3);
    }

    @Test
    void the_same_key_with_another_body_query_path_or_method_is_refused() {
        var server = start(Map.of("/pay", counted(ECHO), "/other", counted(ECHO)));
        var first = post(server, "a");

        isRefused(post(server, "b"), 422, "idempotency_key_reused");
        isRefused(post(server, ""), 422, "idempotency_key_reused");
        isRefused(send("POST", server, "/pay?to=ada", "a", "Idempotency-Key", KEY), 422, "idempotency_key_reused");
        isRefused(send("POST", server, "/other", "a", "Idempotency-Key", KEY), 422, "idempotency_key_reused");
        isRefused(send("PATCH", server, "/pay", "a", "Idempotency-Key", KEY), 422, "idempotency_key_reused");
        isReplay(post(server, "a"), first);
        assertThat(runs).hasValue(1);
    }

    @Test
    void a_key_is_its_users_own() {
        var server = serve((request, response) -> response.getWriter().print(request.getHeader("X-User")));

        assertThat(post(server, "a", "X-User", "ada").body()).isEqualTo("ada");
        assertThat(post(server, "b", "X-User", "grace").body()).isEqualTo("grace");
        assertThat(post(server, "c").body()).isEqualTo("null");
        assertThat(runs).hasValue(3);
    }

    @Test
    void a_key_is_the_same_in_quotes_and_without() {
        var server = serve(ECHO);
        post(server, "a");
        send("POST", server, "/pay", "a", "Idempotency-Key", "\"" + KEY + "\"");
        send("POST", server, "/pay", "b", "Idempotency-Key", "\"a \\\"b\\\\\"");

        assertThat(runs).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"a", "a\"", "a b", "a,b", "\"a\";x=1", "\"a\\b\"", "a;b", ":YQ==:x y"})
    void what_is_no_key_is_refused(String header) {
        var server = serve(ECHO);

        isRefused(send("POST", server, "/pay", "a", "Idempotency-Key", header), 400, "idempotency_key_invalid");
        assertThat(runs).hasValue(0);
    }

    @Test
    void a_key_that_is_long_or_sent_twice_is_refused() {
        var server = serve(ECHO);
        var longest = "k".repeat(255);

        assertThat(send("POST", server, "/pay", "a", "Idempotency-Key", longest).statusCode())
                .isEqualTo(200);
        isRefused(send("POST", server, "/pay", "a", "Idempotency-Key", longest + "k"), 400, "idempotency_key_invalid");
        isRefused(
                send("POST", server, "/pay", "a", "Idempotency-Key", "\"" + "\\\\".repeat(3_000)),
                400,
                "idempotency_key_invalid");
        isRefused(
                send("POST", server, "/pay", "a", "Idempotency-Key", "a", "Idempotency-Key", "a"),
                400,
                "idempotency_key_invalid");
        assertThat(runs).hasValue(1);
    }

    @Test
    void a_key_can_be_required() {
        var server = start(SETTINGS.requiringKeys(), Map.of("/pay", counted(ECHO)));

        isRefused(send("POST", server, "/pay", "a"), 400, "idempotency_key_required");
        assertThat(send("PUT", server, "/pay", "a").statusCode()).isEqualTo(200);
        assertThat(post(server, "a").statusCode()).isEqualTo(200);
    }

    @Test
    void a_request_that_is_being_worked_on_is_not_run_beside_itself() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var server = serve((request, response) -> {
            begun.countDown();
            try {
                assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            response.getWriter().print("done");
        });
        var first = new FutureTask<>(() -> post(server, "a"));
        Thread.ofVirtual().name("first").start(first);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        isRefused(post(server, "a"), 409, "idempotency_request_in_progress");
        isRefused(post(server, "b"), 422, "idempotency_key_reused");
        goOn.countDown();

        var answer = first.get(20, TimeUnit.SECONDS);
        isReplay(post(server, "a"), answer);
        assertThat(runs).hasValue(1);
    }

    @Test
    void of_many_that_come_at_once_one_is_run() {
        var server = serve((request, response) -> response.getWriter().print("done"));
        var answers = Together.call(8, thread -> post(server, "a").statusCode());

        assertThat(answers).contains(200).containsAnyOf(200, 409);
        assertThat(runs).hasValue(1);
        assertThat(post(server, "a").body()).isEqualTo("done");
    }

    @Test
    void a_body_that_is_too_large_to_be_compared_is_refused_and_not_cut() {
        var server = start(SETTINGS.withMaxRequestBytes(10), Map.of("/pay", counted(ECHO)));

        assertThat(post(server, "x".repeat(10)).body()).isEqualTo("got " + "x".repeat(10));
        isRefused(
                send("POST", server, "/pay", "x".repeat(11), "Idempotency-Key", "another"),
                413,
                "idempotency_request_too_large");
        assertThat(send("POST", server, "/pay", "x".repeat(11)).body()).hasSize(15);
    }

    @Test
    void a_form_and_its_query_reach_the_application() {
        var server = serve((request, response) -> {
            response.setCharacterEncoding("UTF-8");
            response.getWriter()
                    .print(String.join(",", request.getParameterValues("name")) + " " + request.getParameter("city")
                            + " " + request.getParameter("none") + " "
                            + String.join("", request.getParameterMap().keySet()));
        });
        var answer = send(
                "POST",
                server,
                "/pay?name=q",
                "name=Ad%C3%A4+L&city=M%26A&name&=",
                "Idempotency-Key",
                KEY,
                "Content-Type",
                "application/x-www-form-urlencoded; charset=UTF-8");

        assertThat(answer.body()).isEqualTo("q,Adä L, M&A null namecity");
    }

    @Test
    void of_a_multipart_form_the_length_is_compared_and_the_container_reads_it() {
        var server = serve((request, response) ->
                response.getWriter().print(request.getInputStream().readAllBytes().length));
        var headers = new String[] {"Idempotency-Key", KEY, "Content-Type", "multipart/form-data; boundary=x"};
        var first = send("POST", server, "/pay", "--x--12", headers);

        assertThat(first.body()).isEqualTo("7");
        isReplay(send("POST", server, "/pay", "--y--34", headers), first);
        isRefused(send("POST", server, "/pay", "--x--123", headers), 422, "idempotency_key_reused");
    }

    @Test
    void a_request_of_unknown_length_is_compared_by_what_it_holds() {
        var server = serve(ECHO);
        var publisher = HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString("a"));
        var first = send(
                request(server.uri().resolve("/pay"), "Idempotency-Key", KEY).POST(publisher));

        assertThat(first.body()).isEqualTo("got a");
        isReplay(post(server, "a"), first);
    }

    @Test
    void while_the_store_is_away_requests_are_refused_or_run_as_the_settings_say() {
        var strict = serve(ECHO);
        var lenient = start(SETTINGS.runningWithoutStore(), Map.of("/pay", counted(ECHO)));
        store.cutOff = true;

        isRefused(post(strict, "a"), 503, "idempotency_store_unavailable");
        assertThat(send("POST", strict, "/pay", "a").statusCode()).isEqualTo(200);
        assertThat(post(lenient, "a").body()).isEqualTo("got a");
        assertThat(post(lenient, "a").body()).isEqualTo("got a");
        assertThat(runs).hasValue(3);
    }
}
