package dev.coatcheck.prove.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The processes hold a connection to the test as long as they live. */
@Execution(ExecutionMode.CONCURRENT)
class FleetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String ANSWERS = """
            require('net').connect(process.env.EAR, '127.0.0.1').write('web\\n');
            const server = require('http').createServer((request, response) => response.end(String(process.pid)));
            // The others never get ready.
            if (Number(process.env.COATCHECK_INSTANCE.slice(4)) <= Number(process.env.READY)) server.listen(process.env.PORT);
            """;

    @TempDir
    Path folder;

    @Test
    void a_roll_replaces_every_process_and_starts_each_web_process_before_the_old_one_ends() throws Exception {
        try (Ear ear = new Ear()) {
            Trials trials = trials(ear, 4)
                    .file("worker.js", """
                    require('net').connect(process.env.EAR, '127.0.0.1').write('worker\\n');
                    """)
                    .file("Procfile", "web: exec node server.js\nworker: exec node worker.js\n");
            try (Lab lab = trials.lab();
                    Fleet fleet = lab.fleet(2)) {
                await().atMost(PATIENCE).until(() -> ear.events().size() >= 3);
                String before = answer(fleet);

                fleet.roll();

                await().atMost(PATIENCE).until(() -> ear.events().size() >= 9);
                assertThat(answer(fleet)).isNotEqualTo(before);
                assertThat(ear.numbersOf("web")).endsWith(2).hasSize(6);
                assertThat(ear.numbersOf("web").subList(1, 6)).allMatch(number -> number >= 2);
                assertThat(ear.events().stream().filter(event -> event.endsWith("worker")))
                        .containsExactlyInAnyOrder("came worker", "came worker", "gone worker");
            }
        }
    }

    @Test
    void whoever_is_interrupted_in_the_middle_of_a_roll_leaves_no_process() throws Exception {
        try (Ear ear = new Ear()) {
            Trials trials = trials(ear, 2);
            AtomicReference<Throwable> ended = new AtomicReference<>();
            Thread rolling = Thread.ofPlatform().name("rolling").start(() -> {
                try (Lab lab = trials.lab();
                        Fleet fleet = lab.fleet(2)) {
                    fleet.roll();
                } catch (InterruptedException | RuntimeException e) {
                    ended.set(e);
                }
            });
            try {
                await().atMost(PATIENCE).until(() -> ear.events().size() >= 3);
            } finally {
                rolling.interrupt();
                rolling.join();
            }

            assertThat(ended.get()).isInstanceOf(InterruptedException.class);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ear.events())
                            .filteredOn("gone web"::equals)
                            .hasSameSizeAs(ear.events().stream()
                                    .filter("came web"::equals)
                                    .toList()));
        }
    }

    private Trials trials(Ear ear, int ready) {
        return new Trials(folder)
                .with("EAR", Integer.toString(ear.port()))
                .with("READY", Integer.toString(ready))
                .web("exec node server.js", ANSWERS);
    }

    private String answer(Fleet fleet) throws InterruptedException {
        Exchange exchange = Conversation.start(PlaySettings.of(LabSettings.ORIGIN))
                .play(new Trials(folder).steps(1).steps().getFirst(), fleet.router());
        return exchange.response().map(Response::text).orElseThrow();
    }

    /** Hears when somebody comes, and when that one is no more. */
    private static final class Ear implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<String> events = new CopyOnWriteArrayList<>();

        Ear() throws IOException {
            Thread.ofVirtual().name("ear").start(this::listen);
        }

        int port() {
            return socket.getLocalPort();
        }

        List<String> events() {
            return events;
        }

        /** How many there were of a kind after each event. */
        List<Integer> numbersOf(String kind) {
            List<Integer> numbers = new ArrayList<>();
            int number = 0;
            for (String event : events) {
                if (event.endsWith(kind)) {
                    number += event.startsWith("came") ? 1 : -1;
                    numbers.add(number);
                }
            }
            return numbers;
        }

        private void listen() {
            try {
                while (true) {
                    Socket one = socket.accept();
                    Thread.ofVirtual().name("ear of one").start(() -> hear(one));
                }
            } catch (IOException e) {
                // It is closed.
            }
        }

        private void hear(Socket one) {
            StringBuilder name = new StringBuilder();
            try (one) {
                for (int read = one.getInputStream().read();
                        read >= 0;
                        read = one.getInputStream().read()) {
                    if (read == '\n') {
                        events.add("came " + name);
                    } else {
                        name.append((char) read);
                    }
                }
            } catch (IOException e) {
                // A killed process resets its connections.
            }
            events.add("gone " + name);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
