package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter stands between the application and the container, and nobody sees it in a body. */
class BodyTest extends FilterTest {

    private static final Page STREAM = (request, response) -> {
        int size = Integer.parseInt(request.getParameter("size"));
        int piece = Integer.parseInt(request.getParameter("piece"));
        response.setContentType("text/plain");
        for (int written = 0; written < size; written += piece) {
            response.getOutputStream()
                    .write("x".repeat(Math.min(piece, size - written)).getBytes(StandardCharsets.US_ASCII));
        }
    };
    private static final Page WRITER = (request, response) -> {
        int size = Integer.parseInt(request.getParameter("size"));
        int piece = Integer.parseInt(request.getParameter("piece"));
        response.setContentType("text/plain; charset=utf-8");
        for (int written = 0; written < size; written += piece) {
            response.getWriter().print("ä".repeat(Math.min(piece, size - written)));
        }
    };

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8_191, 8_192, 8_193, 32_768, 32_769, 100_000})
    void arrives_whole_at_any_size(int size) {
        var server = start(Map.of("/stream", STREAM, "/writer", WRITER));
        for (int piece : new int[] {7_000, 100_000}) {
            var query = "?size=" + size + "&piece=" + piece;

            assertThat(visitor.get(server, "/stream" + query).body()).isEqualTo("x".repeat(size));
            assertThat(visitor.get(server, "/writer" + query).body()).isEqualTo("ä".repeat(size));
        }
    }

    @Test
    void has_a_length_where_it_fits_the_buffer() {
        var server = start(Map.of("/stream", STREAM));
        var answer = visitor.get(server, "/stream?size=8000&piece=1000");

        assertThat(answer.headers().firstValue("Content-Length")).contains("8000");
    }

    @Test
    void of_a_head_request_is_not_sent() {
        var server = start(Map.of("/stream", STREAM));
        var answer = visitor.send("HEAD", server, "/stream?size=80&piece=10");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void of_a_redirect_replaces_what_was_written() {
        var server = start(Map.of("/redirect", (request, response) -> {
            response.getWriter().print("never mind");
            response.sendRedirect("/elsewhere");
        }));
        var answer = visitor.get(server, "/redirect");

        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.body()).doesNotContain("never mind");
    }

    @Test
    void of_a_redirect_stays_where_the_application_says_so() {
        var server = start(Map.of("/redirect", (request, response) -> {
            response.getWriter().print("moved");
            response.sendRedirect("/elsewhere", 303, false);
        }));
        var answer = visitor.get(server, "/redirect");

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.body()).isEqualTo("moved");
    }

    @Test
    void can_be_taken_back() {
        var server = start(Map.of("/reset", (request, response) -> {
            response.getWriter().print("no");
            response.resetBuffer();
            response.getWriter().print("yes");
        }));

        assertThat(visitor.get(server, "/reset").body()).isEqualTo("yes");
    }

    @Test
    void can_be_written_without_blocking() {
        var server = start(Map.of("/unblocking", (request, response) -> {
            request.getSession().setAttribute("saved", true);
            WrittenWithoutBlocking.PAGE.serve(request, response);
        }));

        assertThat(visitor.get(server, "/unblocking").body()).isEqualTo(WrittenWithoutBlocking.BODY);
        assertThat(stored().orElseThrow().attributes()).containsKey("saved");
    }
}
