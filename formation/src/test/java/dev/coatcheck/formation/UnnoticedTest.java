package dev.coatcheck.formation;

import static dev.coatcheck.formation.Programs.assumeOnPath;
import static dev.coatcheck.formation.TestFormation.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.formation.control.ControlClient;
import dev.coatcheck.formation.control.Request;
import dev.coatcheck.formation.supervision.InstanceState;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever uses an application does not notice that it changes: 200 requests a second, uploads and WebSockets are counted. */
class UnnoticedTest {
    /** Takes leave of its sockets with 1001, and ends when requests and sockets have. */
    private static final String NODE = """
            const http = require('http');
            const crypto = require('crypto');
            const sockets = new Set();
            let leaving = false;
            const server = http.createServer((request, response) => {
              let bytes = 0;
              request.on('data', piece => { bytes += piece.length; });
              request.on('end', () => response.end('received ' + bytes));
            });
            const leave = socket => socket.write(Buffer.from([0x88, 0x02, 0x03, 0xe9]));
            server.on('upgrade', (request, socket) => {
              const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
              const accept = crypto.createHash('sha1').update(key).digest('base64');
              socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'
                + 'Sec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
              sockets.add(socket);
              socket.on('data', () => socket.end());
              socket.on('close', () => sockets.delete(socket));
              socket.on('error', () => {});
              if (leaving) leave(socket);
            });
            server.listen(process.env.PORT, '127.0.0.1');
            process.on('SIGTERM', () => {
              leaving = true;
              sockets.forEach(leave);
              server.close();
              server.closeIdleConnections();
            });
            """;

    /** Knows nothing of leaving: SIGTERM ends it on the spot. */
    private static final String PYTHON = """
            import http.server, os
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = 'HTTP/1.1'
                disable_nagle_algorithm = True
                def do_GET(self):
                    self.answer(0)
                def do_POST(self):
                    self.answer(len(self.rfile.read(int(self.headers['Content-Length']))))
                def answer(self, received):
                    body = b'received %d' % received
                    self.send_response(200)
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *arguments):
                    pass
            class Server(http.server.ThreadingHTTPServer):
                request_queue_size = 128
            Server(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
            """;

    @TempDir
    Path folder;

    @Test
    @Timeout(90)
    void a_roll_is_noticed_by_nobody() throws Exception {
        try (TestFormation app = node();
                Load load = new Load(app, 5)) {
            change(new Request.Roll());
            load.assertUnnoticed();
        }
    }

    @Tag("long")
    @Test
    @Timeout(900)
    void rolls_scaling_and_restarts_of_a_node_application_are_noticed_by_nobody() throws Exception {
        try (TestFormation app = node();
                Load load = new Load(app, 20)) {
            changeManyTimes();
            load.assertUnnoticed();
        }
    }

    @Tag("long")
    @Test
    @Timeout(900)
    void rolls_scaling_and_restarts_of_a_python_application_are_noticed_by_nobody() throws Exception {
        assumeOnPath("python3");
        try (TestFormation app = TestFormation.in(folder)
                        .write("server.py", PYTHON)
                        .write("Procfile", "web: python3 server.py\n")
                        .start(options -> options.withQuantities("web=2"))
                        .awaitReady();
                Load load = new Load(app, 0)) {
            changeManyTimes();
            load.assertUnnoticed();
        }
    }

    @Tag("long")
    @Test
    @Timeout(300)
    void no_idempotent_request_fails_while_an_instance_is_killed_every_second() throws Exception {
        try (TestFormation app = node();
                RequestLoad load = RequestLoad.on(app.formation().tcpPort(), "GET", "/", 200)) {
            for (int i = 0; i < 60; i++) {
                List<InstanceStatus> alive = app.formation().instances().stream()
                        .filter(instance -> instance.state() == InstanceState.READY)
                        .toList();
                if (!alive.isEmpty()) {
                    alive.get(i % alive.size())
                            .pid()
                            .ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
                }
                load.awaitMore(200);
            }
            load.finish();
            assertThat(load.failures()).isEmpty();
        }
    }

    private void changeManyTimes() {
        for (int i = 0; i < 10; i++) {
            change(new Request.Roll());
        }
        for (int quantity : List.of(2, 16, 1, 3)) {
            change(new Request.Scale(Map.of("web", quantity)));
        }
        for (int number = 1; number <= 3; number++) {
            change(new Request.Restart(Optional.of("web." + number)));
        }
    }

    private void change(Request.Change change) {
        ControlClient.of(folder).change(change, progress -> {});
    }

    private TestFormation node() throws IOException {
        assumeOnPath("node");
        return TestFormation.in(folder)
                .write("server.js", NODE)
                .start(options -> options.withQuantities("web=2"))
                .awaitReady();
    }

    /** Everything at once, running before anything is changed. */
    private static final class Load implements AutoCloseable {
        private final RequestLoad requests;
        private final UploadLoad uploads;
        private final SocketLoad sockets;
        private final boolean withSockets;

        Load(TestFormation app, int openSockets) {
            int tcpPort = app.formation().tcpPort();
            requests = RequestLoad.on(tcpPort, "GET", "/", 200);
            uploads = UploadLoad.on(tcpPort, 4);
            sockets = SocketLoad.on(tcpPort, openSockets);
            withSockets = openSockets > 0;
            requests.awaitMore(200);
        }

        void assertUnnoticed() throws InterruptedException {
            requests.awaitMore(200);
            uploads.finish();
            requests.finish();
            assertThat(requests.failures()).as("requests").isEmpty();
            assertThat(uploads.failures()).as("uploads").isEmpty();
            assertThat(uploads.answered()).isPositive();
            if (withSockets) {
                await().atMost(LIMIT).until(() -> sockets.leaves() > 0);
            }
            assertThat(sockets.failures()).as("sockets").isEmpty();
        }

        @Override
        public void close() {
            uploads.close();
            requests.close();
            sockets.close();
        }
    }
}
