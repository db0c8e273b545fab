package dev.coatcheck.formation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.EventLog;
import dev.coatcheck.formation.event.Journal;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControlTest {
    private static final InstanceView INSTANCE = new InstanceView(
            "web.1", "web", 17L, 20001, "ready", "1970-01-01T00:00:00Z", 2, 4, 50_000_000L, 1.5, "[::1]:20001");

    @TempDir
    Path folder;

    private final EventLog log = new EventLog();
    private volatile boolean faulty;
    private final List<Request.Change> changes = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> oneOffEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> rollUnwanted = new CompletableFuture<>();
    private final Controlled formation = new Controlled() {
        @Override
        public List<InstanceView> instances() {
            return List.of(INSTANCE);
        }

        @Override
        public List<ServiceView> services() {
            return List.of(new ServiceView("redis", "6.2", Map.of("REDIS_URL", "redis://127.0.0.1:1")));
        }

        @Override
        public List<ReleaseView> releases() {
            return List.of(new ReleaseView(1, "1970-01-01T00:00:00Z", "current", "abc", true, List.of("web: a → b")));
        }

        @Override
        public String metrics() {
            if (faulty) {
                throw new IllegalStateException("out of file descriptors");
            }
            return "requests 7\n";
        }

        @Override
        public EventLog log() {
            return log;
        }

        @Override
        public String change(Request.Change change, CompletableFuture<Void> unwanted) {
            changes.add(change);
            if (change instanceof Request.Roll) {
                var _ = unwanted.thenRun(() -> rollUnwanted.complete(null));
                rollUnwanted.join();
            }
            if (change instanceof Request.Pause) {
                throw new FormationException("not now");
            }
            journal.tell(Kind.NOTE, Level.INFO, "under way", Map.of());
            return "made";
        }

        @Override
        public OneOff oneOff(String words) {
            return new OneOff() {
                @Override
                public String name() {
                    return "run.1";
                }

                @Override
                public Path folder() {
                    return folder;
                }

                @Override
                public Map<String, String> environment() {
                    return Map.of("WORDS", words);
                }

                @Override
                public void close() {
                    oneOffEnded.complete(null);
                }
            };
        }
    };
    private final Journal journal = new Journal(InstantSource.system(), log);

    @Test
    void questions_are_answered() throws IOException {
        try (ControlServer server = start(folder)) {
            ControlClient client = ControlClient.of(folder);
            assertThat(client.instances()).as("%s", server).containsExactly(INSTANCE);
            assertThat(client.services()).isEqualTo(formation.services());
            assertThat(client.releases()).isEqualTo(formation.releases());
            assertThat(client.metrics()).isEqualTo("requests 7\n");
        }
    }

    @Test
    void a_fault_of_the_formation_is_told_to_whoever_asked() throws IOException {
        faulty = true;
        try (ControlServer server = start(folder)) {
            assertThatThrownBy(() -> ControlClient.of(folder).metrics())
                    .as("%s", server)
                    .isInstanceOf(FormationException.class)
                    .hasMessageContaining("a fault of the formation itself")
                    .hasMessageContaining("out of file descriptors");
        }
    }

    @Test
    void a_change_shows_its_progress_and_ends_in_words() throws IOException {
        try (ControlServer server = start(folder)) {
            List<Request.Change> all = List.of(
                    new Request.Scale(Map.of("web", 3)),
                    new Request.Restart(Optional.of("web.2")),
                    new Request.Restart(Optional.empty()),
                    new Request.Rollback(Optional.of(2)),
                    new Request.Resume(),
                    new Request.Stop());
            for (Request.Change change : all) {
                List<String> progress = new ArrayList<>();
                assertThat(ControlClient.of(folder).change(change, progress::add))
                        .as("%s", server)
                        .isEqualTo("made");
                assertThat(progress).containsExactly("under way");
            }
            assertThat(changes).isEqualTo(all);
            assertThatThrownBy(() -> ControlClient.of(folder).change(new Request.Pause(), progress -> {}))
                    .isInstanceOf(FormationException.class)
                    .hasMessage("not now");
        }
    }

    @Test
    void a_change_is_unwanted_once_its_client_is_gone() throws Exception {
        try (ControlServer server = start(folder)) {
            try (SocketChannel client = connect()) {
                client.write(StandardCharsets.UTF_8.encode("{\"command\":\"roll\"}\n"));
                await().until(() -> !changes.isEmpty());
                assertThat(rollUnwanted).as("%s", server).isNotDone();
            }
            rollUnwanted.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_change_that_says_nothing_for_long_is_told_to_be_under_way() throws Exception {
        try (ControlServer server = ControlServer.start(
                Files.createDirectories(folder.resolve(".coatcheck")), formation, Duration.ofMillis(50))) {
            List<String> progress = new CopyOnWriteArrayList<>();
            Thread asking =
                    Thread.ofVirtual().start(() -> ControlClient.of(folder).change(new Request.Roll(), progress::add));
            await().until(() -> progress.size() >= 3);
            rollUnwanted.complete(null);
            assertThat(asking.join(Duration.ofSeconds(5))).as("%s", server).isTrue();
            assertThat(progress.getFirst()).matches("still under way after \\d+ s");
        }
    }

    @Test
    void a_formation_is_stopped_when_the_process_of_its_runner_has_ended() throws Exception {
        Path workspace = Files.createDirectories(folder.resolve(".coatcheck"));
        Process runner = new ProcessBuilder("sleep", "600").start();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(workspace.resolve("control.sock")));
            CompletableFuture<String> stopped = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> stopped.complete(ControlClient.of(folder).change(new Request.Stop(), _ -> {})));
            try (SocketChannel client = server.accept()) {
                assertThat(client.read(ByteBuffer.allocate(1_000))).isPositive();
                client.write(StandardCharsets.UTF_8.encode("{\"answer\":\"runner\",\"pid\":" + runner.pid() + "}\n"));
            }
            assertThatThrownBy(() -> stopped.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            runner.destroyForcibly();
            assertThat(stopped.get(5, TimeUnit.SECONDS)).isEqualTo("stopped");
        } finally {
            runner.destroyForcibly();
        }
    }

    @Test
    void a_one_off_lasts_as_long_as_its_client() throws Exception {
        try (ControlServer server = start(folder)) {
            int status = ControlClient.of(folder).run("a b", (where, environment) -> {
                assertThat(where).as("%s", server).isEqualTo(folder);
                assertThat(environment).containsEntry("WORDS", "a b");
                assertThat(oneOffEnded).isNotDone();
                return 7;
            });
            assertThat(status).isEqualTo(7);
            oneOffEnded.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void logs_begin_with_the_latest_and_go_on_to_the_end() throws Exception {
        Queue<String> shown = new ConcurrentLinkedQueue<>();
        Thread following = Thread.ofVirtual()
                .unstarted(() -> ControlClient.of(folder)
                        .logs(new Request.Logs(true, 2, List.of("web"), false, false), shown::add));
        try (ControlServer server = start(folder)) {
            for (int i = 1; i <= 3; i++) {
                journal.output("web.1", Event.Stream.STDOUT, "line " + i);
                journal.output("worker.1", Event.Stream.STDOUT, "other " + i);
            }
            following.start();
            await().until(() -> shown.size() == 2);
            journal.output("web.2", Event.Stream.STDOUT, "line 4");
            await().until(() -> shown.size() == 3);
            assertThat(String.join("", shown))
                    .as("%s", server)
                    .matches("(?s).*web.1.*line 2\\n.*web.1.*line 3\\n.*web.2.*line 4\\n");
            assertThat(following.isAlive()).isTrue();
        }
        assertThat(following.join(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void a_client_that_stands_still_as_before_a_pager_loses_nothing_of_the_logs() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            journal.output("web.1", Event.Stream.STDOUT, i + " " + "x".repeat(1_000));
        }
        try (ControlServer server = start(folder);
                SocketChannel client = connect()) {
            client.write(StandardCharsets.UTF_8.encode(
                    "{\"command\":\"logs\",\"follow\":false,\"latest\":2000,\"types\":[],\"json\":true}\n"));
            BufferedReader lines = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            assertThat(lines.readLine()).as("%s", server).contains("\"line\\\":\\\"0 x");
            // Longer than what is told gets at the end of a formation.
            Thread.sleep(Duration.ofSeconds(3));
            List<String> rest = lines.lines().toList();
            assertThat(rest).hasSize(2_000);
            assertThat(rest.get(1_998)).contains("1999 x");
            assertThat(rest.getLast()).contains("\"done\"");
        }
    }

    @Test
    void clients_that_stay_keep_nobody_from_asking_or_stopping() throws Exception {
        List<SocketChannel> staying = new ArrayList<>();
        journal.tell(Kind.NOTE, Level.INFO, "told", Map.of());
        try (ControlServer server = start(folder)) {
            for (int i = 0; i < 64; i++) {
                SocketChannel client = connect();
                staying.add(client);
                client.write(StandardCharsets.UTF_8.encode(
                        i % 2 == 0
                                ? "{\"command\":\"logs\",\"follow\":true,\"latest\":1,\"types\":[]}\n"
                                : "{\"command\":\"run\",\"words\":\"w\"}\n"));
                assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
            }
            ControlClient client = ControlClient.of(folder);
            assertThatThrownBy(() -> client.run("one more", (_, _) -> 0))
                    .hasMessageStartingWith("64 commands of the kind of 'logs' and 'run' are connected");
            assertThat(client.instances()).as("%s", server).containsExactly(INSTANCE);
            assertThat(client.change(new Request.Stop(), _ -> {})).isEqualTo("made");
            staying.removeFirst().close();
            await().ignoreExceptions().until(() -> client.run("one more", (_, _) -> 7) == 7);
        } finally {
            for (SocketChannel client : staying) {
                client.close();
            }
        }
    }

    @Test
    void a_command_of_another_version_is_refused_in_words() throws Exception {
        try (ControlServer server = start(folder);
                SocketChannel client = connect()) {
            client.write(StandardCharsets.UTF_8.encode("{\"command\":\"dance\"}\n"));
            String answer = new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).as("%s", server).contains("another version").contains("'dance' is unknown");
        }
    }

    @Test
    void a_path_too_long_for_a_socket_is_no_obstacle() throws IOException {
        Path deep = folder.resolve("a".repeat(60)).resolve("b".repeat(60));
        Files.createDirectories(deep);
        for (int i = 0; i < 2; i++) {
            // The first one is left as if its owner had been killed.
            start(deep);
        }
        assertThat(ControlClient.of(deep).instances()).hasSize(1);
        Path socket = ControlSocket.find(deep.resolve(".coatcheck"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void a_pointer_to_the_socket_that_says_nothing_is_no_formation_and_no_obstacle_to_the_next() throws IOException {
        for (String nonsense : List.of("", "\n", "relative/control.sock", "/dev/null", "\0")) {
            Path workspace = Files.createDirectories(folder.resolve(".coatcheck"));
            Files.writeString(workspace.resolve("control.path"), nonsense);
            assertThatThrownBy(() -> ControlClient.of(folder).instances())
                    .hasMessageStartingWith("no formation runs in " + folder);
            try (ControlServer server = start(folder)) {
                assertThat(ControlClient.of(folder).instances())
                        .as("%s", server)
                        .hasSize(1);
            }
        }
    }

    @Test
    void the_socket_is_its_owners_only_and_goes_with_the_server() throws IOException {
        Path socket = folder.resolve(".coatcheck/control.sock");
        try (ControlServer server = start(folder)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .as("%s", server)
                    .isEqualTo("rw-------");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void without_a_formation_the_answer_is_how_to_start_one() {
        assertThatThrownBy(() -> ControlClient.of(folder).instances())
                .isInstanceOf(FormationException.class)
                .hasMessage("no formation runs in " + folder + "; 'coatcheck up " + folder
                        + "' starts one, and -C names another folder");
    }

    @Test
    void nonsense_and_silence_disturb_nobody_else() throws IOException {
        try (ControlServer server = start(folder);
                SocketChannel silent = connect();
                SocketChannel loud = connect()) {
            loud.write(StandardCharsets.UTF_8.encode("[".repeat(50_000) + "\n"));
            assertThat(loud.read(ByteBuffer.allocate(1)))
                    .as("%s %s", server, silent)
                    .isEqualTo(-1);
            assertThat(ControlClient.of(folder).instances()).hasSize(1);
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(".coatcheck/control.sock")));
    }

    private ControlServer start(Path application) throws IOException {
        return ControlServer.start(Files.createDirectories(application.resolve(".coatcheck")), formation);
    }
}
