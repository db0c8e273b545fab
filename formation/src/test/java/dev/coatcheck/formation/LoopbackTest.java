package dev.coatcheck.formation;

import static dev.coatcheck.formation.Programs.assumeOnPath;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.formation.control.ControlClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code localhost} is 127.0.0.1 to some platforms and ::1 to others. */
@Timeout(60)
class LoopbackTest {
    private static final String PYTHON = """
            import http.server, os, socket
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(os.environ['COATCHECK_INSTANCE'].encode())
            class Server(http.server.ThreadingHTTPServer):
                address_family = socket.AF_INET6
            Server(('::1', int(os.environ['PORT'])), Handler).serve_forever()
            """;

    @TempDir
    Path folder;

    @BeforeAll
    static void ipv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            assertThat(socket.isBound()).isTrue();
        } catch (IOException e) {
            assumeTrue(false, "this machine's loopback has no ::1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "::", "localhost", "127.0.0.1"})
    void an_application_in_node_is_reached_wherever_on_loopback_it_listens(String host) throws Exception {
        assumeOnPath("node");
        assertReached("node server.js", "server.js", """
                const http = require('http');
                const server = http.createServer((request, response) => response.end(process.env.COATCHECK_INSTANCE));
                server.listen(process.env.PORT, '%s');
                """.formatted(host), host.equals("::1") ? "[::1]:" : "");
    }

    @Test
    void an_application_in_python_that_listens_on_ipv6_only_is_reached() throws Exception {
        assumeOnPath("python3");
        assertReached("python3 server.py", "server.py", PYTHON, "[::1]:");
    }

    private void assertReached(String command, String file, String program, String address) throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write(file, program)
                .write("Procfile", "web: " + command + "\n")
                .start(options -> options.withQuantities("web=2"))
                .awaitReady()) {
            assertThat(ControlClient.of(folder).instances())
                    .allSatisfy(instance ->
                            assertThat(instance.address()).startsWith(address).endsWith(":" + instance.port()));
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> response = app.get("/");
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("X-Coatcheck-Instance"))
                        .contains(response.body());
            }
        }
    }
}
