package dev.coatcheck.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees that reads no answer before it has sent everything, as most do. */
@ParameterizedClass
@EnumSource(Container.class)
class RestOfBodyFilterTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    /** More than sockets hold, and than a container reads of its own accord. */
    private static final int LARGE = 12_000_000;

    private static final Map<String, Page> REFUSING = Map.of(
            "/status",
            (request, response) -> {
                response.setStatus(403);
                response.getWriter().print("refused");
            },
            "/error",
            (request, response) -> response.sendError(403),
            "/fails",
            (request, response) -> {
                throw new UnsupportedOperationException("as planned");
            },
            "/some",
            (request, response) -> {
                assertThat(request.getInputStream().read()).isEqualTo('x');
                response.setStatus(403);
            },
            "/reader",
            (request, response) -> {
                assertThat(request.getReader().read()).isEqualTo('x');
                response.setStatus(403);
            },
            "/closes",
            (request, response) -> {
                try (var body = request.getInputStream()) {
                    assertThat(body.read()).isEqualTo('x');
                }
                assertThatThrownBy(() -> request.getInputStream().read()).isInstanceOf(IOException.class);
                response.setStatus(403);
            },
            "/closes-reader",
            (request, response) -> {
                try (var body = request.getReader()) {
                    assertThat(body.read()).isEqualTo('x');
                }
                assertThatThrownBy(() -> request.getReader().read()).isInstanceOf(IOException.class);
                response.setStatus(403);
            },
            "/parameter",
            (request, response) -> {
                assertThat(request.getParameter("a")).isEqualTo("b");
                response.setStatus(403);
            },
            "/all",
            (request, response) ->
                    response.getWriter().print(request.getInputStream().readAllBytes().length));

    private Socket client = new Socket();

    @Parameter
    Container container = Container.JETTY;

    private @Nullable WebServer server;

    private void start() throws IOException {
        start(new RestOfBodyFilter(2L * LARGE, LONG));
    }

    private void start(RestOfBodyFilter filter) throws IOException {
        var server = container.start(filter, REFUSING);
        this.server = server;
        client = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
        client.setSoTimeout(20_000);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        if (server != null) {
            server.close();
        }
    }

    private void sendHead(String path, String... headers) throws IOException {
        var head = "POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n".formatted(path, String.join("\r\n", headers));
        client.getOutputStream().write(head.getBytes(US_ASCII));
    }

    private void sendBody(int length) throws IOException {
        var piece = "x".repeat(100_000).getBytes(US_ASCII);
        OutputStream out = client.getOutputStream();
        for (int left = length; left > 0; left -= piece.length) {
            out.write(piece, 0, Math.min(left, piece.length));
        }
    }

    /** Reads the head of an answer, and skips its body. */
    private String status() throws IOException {
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII), 1);
        var status = in.readLine();
        int length = 0;
        for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        for (int i = 0; i < length; i++) {
            in.read();
        }
        return String.valueOf(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status", "/error", "/some", "/reader", "/closes", "/closes-reader", "/fails"})
    void whoever_sends_a_large_body_sees_that_it_was_refused(String path) throws IOException {
        start();
        sendHead(path, "Content-Length: " + LARGE, "Content-Type: text/plain");
        sendBody(LARGE);

        assertThat(status()).startsWith(path.equals("/fails") ? "HTTP/1.1 500" : "HTTP/1.1 403");
    }

    @Test
    void the_connection_serves_the_next_request() throws IOException {
        start();
        for (int i = 0; i < 3; i++) {
            sendHead("/status", "Content-Length: " + LARGE);
            sendBody(LARGE);
            assertThat(status()).startsWith("HTTP/1.1 403");
        }
        sendHead("/all", "Content-Length: 5");
        sendBody(5);
        assertThat(status()).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_form_that_was_read_is_left_alone() throws IOException {
        start();
        sendHead("/parameter", "Content-Length: 3", "Content-Type: application/x-www-form-urlencoded");
        client.getOutputStream().write("a=b".getBytes(US_ASCII));
        assertThat(status()).startsWith("HTTP/1.1 403");
    }

    @Test
    void nobody_is_told_to_send_what_is_thrown_away() throws IOException {
        start();
        sendHead("/status", "Content-Length: " + LARGE, "Expect: 100-continue");
        assertThat(status()).startsWith("HTTP/1.1 403");
    }

    @Test
    void a_parameter_of_the_query_wants_no_body_that_is_no_form() throws IOException {
        start();
        sendHead(
                "/parameter?a=b", "Content-Length: " + LARGE, "Content-Type: application/json", "Expect: 100-continue");
        assertThat(status()).startsWith("HTTP/1.1 403");
    }

    @Test
    void whoever_was_told_to_send_sees_the_answer_after_that() throws IOException {
        start();
        sendHead("/some", "Content-Length: " + LARGE, "Expect: 100-continue");
        assertThat(status()).startsWith("HTTP/1.1 100");
        sendBody(LARGE);
        assertThat(status()).startsWith("HTTP/1.1 403");
    }

    @Test
    void whoever_sends_more_than_is_read_is_cut_off() throws IOException {
        start(new RestOfBodyFilter(LARGE, LONG));
        sendHead("/status", "Transfer-Encoding: chunked");
        var chunk = ("186a0\r\n" + "x".repeat(100_000) + "\r\n").getBytes(US_ASCII);
        int[] sent = {0};

        assertThatThrownBy(() -> {
                    for (; sent[0] < 100 * LARGE; sent[0] += chunk.length) {
                        client.getOutputStream().write(chunk);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(sent[0]).isGreaterThan(LARGE);
    }

    @Test
    void whoever_sends_slowly_is_listened_to_for_no_longer_than_allowed() throws Exception {
        start(new RestOfBodyFilter(LARGE, Duration.ofMillis(300)));
        sendHead("/status", "Content-Length: " + LARGE);
        var sending = Thread.ofVirtual().name("slow").start(() -> {
            try {
                for (int i = 0; i < LARGE; i++) {
                    client.getOutputStream().write('x');
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                // The server has enough, or the test has.
            }
        });
        try {
            assertThat(status()).startsWith("HTTP/1.1 403");
        } finally {
            sending.interrupt();
            sending.join();
        }
    }

    @Test
    void bounds_that_are_none_are_a_mistake() {
        assertThatThrownBy(() -> new RestOfBodyFilter(0, LONG)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RestOfBodyFilter(1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
