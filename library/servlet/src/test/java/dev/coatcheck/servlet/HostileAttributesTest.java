package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Text that comes from who knows where and that an application gives to the session as it is. */
class HostileAttributesTest extends FilterTest {
    private static final List<String> HOSTILE = List.of(
            "\u0000",
            "a\u0000b",
            "\ud800",
            "\udc00\ud800",
            "\uffff\ufeff\u2028",
            "\ud83d\ude00",
            "\r\nSet-Cookie: a=b",
            "{\"@class\":\"java.lang.Thread\"}",
            "'; drop table sessions --",
            "x".repeat(20_000));

    private interface Use {
        void of(HttpServletRequest request, String text);
    }

    /** An application that tells whether it could do with a hostile text what it meant to, and what it had kept before. */
    private WebServer serve(Use use) {
        var server = start(Map.of(
                "/begin",
                (request, response) -> request.getSession().setAttribute("kept", "yes"),
                "/hostile",
                (request, response) -> {
                    try {
                        use.of(request, text(request));
                        response.getWriter().print("taken");
                    } catch (IllegalArgumentException e) {
                        response.getWriter().print("refused");
                    }
                },
                "/kept",
                (request, response) ->
                        response.getWriter().print(request.getSession(false).getAttribute("kept")),
                "/same",
                (request, response) -> response.getWriter()
                        .print(text(request).equals(request.getSession(false).getAttribute("value")))));
        visitor.get(server, "/begin");
        return server;
    }

    private static String text(HttpServletRequest request) {
        return HOSTILE.get(Integer.parseInt(request.getQueryString()));
    }

    private String attempt(WebServer server, int text) {
        var answer = visitor.get(server, "/hostile?" + text);
        assertThat(answer.statusCode()).as("text %d", text).isEqualTo(200);
        assertThat(visitor.get(server, "/kept").body())
                .as("after text %d", text)
                .isEqualTo("yes");
        return answer.body();
    }

    @Test
    void a_value_comes_back_as_it_was_or_is_refused_where_it_is_set_if_it_is_no_unicode() {
        var server = serve((request, text) -> request.getSession().setAttribute("value", text));

        for (int i = 0; i < HOSTILE.size(); i++) {
            var taken = StandardCharsets.UTF_8.newEncoder().canEncode(HOSTILE.get(i));
            assertThat(attempt(server, i)).as("text %d", i).isEqualTo(taken ? "taken" : "refused");
            assertThat(visitor.get(server, "/same?" + i).body())
                    .as("text %d", i)
                    .isEqualTo("" + taken);
        }
    }

    @Test
    void a_name_is_taken_as_it_is_or_refused_where_it_is_set() {
        var server = serve((request, text) -> request.getSession().setAttribute(text, "1"));

        for (int i = 0; i < HOSTILE.size(); i++) {
            var taken = attempt(server, i).equals("taken");
            assertThat(stored().orElseThrow().attributes().containsKey(HOSTILE.get(i)))
                    .as("text %d", i)
                    .isEqualTo(taken);
        }
    }

    @Test
    void a_user_whose_name_is_no_text_is_refused_and_nobody_is_logged_in() {
        var server = serve(SessionUser::logIn);

        for (int i = 0; i < 4; i++) {
            assertThat(attempt(server, i)).as("text %d", i).isEqualTo("refused");
            assertThat(stored().orElseThrow().user()).as("text %d", i).isEmpty();
        }
    }
}
