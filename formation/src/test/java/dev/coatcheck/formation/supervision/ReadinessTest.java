package dev.coatcheck.formation.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.formation.supervision.Readiness.Look;
import dev.coatcheck.host.TcpPorts;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ReadinessTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''      | HTTP/1.1 200 OK                     | ''
            ''      | HTTP/1.0 404 Not Found              | ''
            ''      | HTTP/1.1 302 Found                  | ''
            ''      | HTTP/1.1 500 Internal Server Error  | / answers 500
            /ready  | HTTP/1.1 204 No Content             | ''
            /ready  | HTTP/1.1 302 Found                  | /ready answers 302
            /ready  | HTTP/1.1 404 Not Found              | /ready answers 404
            /ready  | HTTP/1.1 103 Early Hints<>Link: </a><><>HTTP/1.1 200 OK | ''
            ''      | HTTP/1.1 103 Early Hints<><>HTTP/1.1 102 Processing<><>HTTP/1.1 503 No | / answers 503
            ''      | SSH-2.0-OpenSSH_9.2                 | / gives no answer (what answers there does not speak HTTP/1)
            ''      | ''                                  | / gives no answer (what answers there does not speak HTTP/1)
            """)
    void a_given_path_answers_2xx_and_the_root_anything_below_500(String path, String answer, String lacking)
            throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            answerOnce(server, answer.replace("<>", "\r\n"));
            Readiness readiness = new Readiness(Optional.of(path).filter(it -> !it.isEmpty()));
            InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
            assertThat(readiness.look(server.getLocalPort(), () -> false))
                    .isEqualTo(lacking.isEmpty() ? new Look.Ready(address) : new Look.Lacking(lacking));
        }
    }

    @Test
    void where_nothing_listens_the_tcp_port_is_told() throws IOException {
        int port = TcpPorts.free();
        assertThat(new Readiness(Optional.empty()).look(port, () -> false))
                .isEqualTo(new Look.Lacking(
                        "nothing listens on TCP port " + port + " (the number is given to it as PORT)"));
    }

    @Test
    void an_answer_that_comes_byte_by_byte_is_none() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = server.accept()) {
                    for (byte b : "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII)) {
                        client.getOutputStream().write(b);
                        Thread.sleep(1_000);
                    }
                } catch (IOException | InterruptedException e) {
                    // The one that asks has gone.
                }
            });
            assertThat(new Readiness(Optional.empty()).look(server.getLocalPort(), () -> false))
                    .isEqualTo(new Look.Lacking("/ gives no answer (waited for 5 s)"));
        }
    }

    @Test
    void one_who_has_seen_enough_does_not_wait_for_an_answer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            AtomicInteger patience = new AtomicInteger(3);
            assertThat(new Readiness(Optional.empty())
                            .look(server.getLocalPort(), () -> patience.decrementAndGet() <= 0))
                    .isInstanceOf(Look.Lacking.class);
            assertThat(patience.get()).as("asked until it had seen enough").isBetween(-2, 0);
        }
    }

    /** And leaves the connection open, as a page that never ends does, unless the answer is empty. */
    private static void answerOnce(ServerSocket server, String answer) {
        Thread.ofVirtual().start(() -> {
            try {
                Socket client = server.accept();
                client.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                if (answer.isEmpty()) {
                    client.close();
                }
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The test has ended.
            }
        });
    }
}
