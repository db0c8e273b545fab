package dev.coatcheck.formation;

import static dev.coatcheck.formation.TestFormation.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.formation.control.ControlClient;
import dev.coatcheck.formation.control.ReleaseView;
import dev.coatcheck.formation.control.Request;
import dev.coatcheck.formation.control.ServiceView;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.supervision.InstanceState;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChangesTest {
    /** Answers with its version, its name and a variable; what the version file says may make it fail. */
    private static final String SERVER = """
            const http = require('http');
            const version = require('fs').readFileSync('version', 'utf8').trim();
            if (version.startsWith('fails on ' + process.env.COATCHECK_INSTANCE)) {
              console.error('this version cannot start');
              process.exit(3);
            }
            const server = http.createServer((request, response) =>
              setTimeout(() => response.end(version + ' ' + process.env.COATCHECK_INSTANCE + ' ' + process.env.COLOUR), 5));
            const delay = version.startsWith('slow') || version === 'hangs on ' + process.env.COATCHECK_INSTANCE ? 60000 : 0;
            setTimeout(() => server.listen(process.env.PORT, '127.0.0.1'), delay);
            process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
            """;

    @TempDir
    Path folder;

    private TestFormation app;
    private ControlClient client;

    @BeforeEach
    void application() throws IOException {
        assumeTrue(
                List.of(System.getenv("PATH").split(":", -1)).stream()
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "the applications of these tests need node on the PATH");
        app = TestFormation.in(folder).write("server.js", SERVER).write("version", "one\n");
        client = ControlClient.of(folder);
    }

    @Test
    void a_roll_under_load_loses_no_request_and_shows_what_the_folder_holds_now() throws Exception {
        try (TestFormation running = app.write(".env", "COLOUR=red\n")
                        .start(options -> options.withQuantities("web=2"))
                        .awaitReady();
                RequestLoad load = RequestLoad.on(running.formation().tcpPort())) {
            List<Long> before = pids();
            app.write("version", "two\n").write(".env", "COLOUR=secret-blue\n");
            assertThat(client.change(new Request.Roll(), progress -> {})).isEqualTo("release 2 runs");
            assertThat(app.get("/").body()).matches("two web.[12] secret-blue");
            assertThat(app.formation().instances())
                    .hasSize(2)
                    .allSatisfy(instance -> assertThat(instance.release()).isEqualTo(2));
            assertThat(before).noneMatch(TestFormation::isAlive);
            load.awaitMore(50);
            assertThat(load.failures()).isEmpty();
            List<ReleaseView> releases = client.releases();
            assertThat(releases).extracting(ReleaseView::state).containsExactly("earlier", "current");
            assertThat(releases.getLast().changes())
                    .hasSize(2)
                    .anySatisfy(change -> assertThat(change).isEqualTo("variables: COLOUR changed"));
            assertThat(releases.toString()).doesNotContain("secret-blue");
        }
    }

    @Test
    void a_version_that_does_not_come_up_is_undone_also_where_it_came_up_already() throws Exception {
        try (TestFormation running =
                        app.start(options -> options.withQuantities("web=2")).awaitReady();
                RequestLoad load = RequestLoad.on(running.formation().tcpPort())) {
            app.write("version", "fails on web.2\n");
            assertThatThrownBy(() -> client.change(new Request.Roll(), progress -> {}))
                    .isInstanceOf(FormationException.class)
                    .hasMessageMatching(
                            "(?s)the roll failed: web.2 \\(process \\d+\\) ended before it was ready: exited with status 3"
                                    + "\nrelease 1 runs as before");
            assertThat(app.formation().instances()).hasSize(2).allSatisfy(instance -> {
                assertThat(instance.release()).isEqualTo(1);
                assertThat(instance.state()).isEqualTo(InstanceState.READY);
            });
            assertThat(app.get("/").body()).startsWith("one");
            load.awaitMore(20);
            assertThat(load.failures()).isEmpty();
            assertThat(client.releases()).extracting(ReleaseView::state).containsExactly("current", "failed");
            assertThat(app.told(Kind.CHANGE_FAILED)).hasSize(1);
        }
    }

    @Test
    void a_roll_whose_release_or_build_fails_changes_nothing() throws Exception {
        try (TestFormation running = app.start().awaitReady()) {
            List<Long> before = pids();
            app.write("Procfile", "web: node server.js\nrelease: echo no such column; exit 4\n");
            assertThatThrownBy(() -> client.change(new Request.Roll(), progress -> {}))
                    .hasMessageContaining("the release failed: 'echo no such column; exit 4' exited with status 4");
            app.write("Procfile", "web: node server.js\n")
                    .write("app.json", "{\"coatcheck\": {\"build\": \"exit 5\"}}");
            assertThatThrownBy(() -> client.change(new Request.Roll(), progress -> {}))
                    .hasMessageContaining("the build failed: 'exit 5' exited with status 5");
            app.write("app.json", "{");
            assertThatThrownBy(() -> client.change(new Request.Roll(), progress -> {}))
                    .hasMessageContaining("app.json:1: is not JSON");
            assertThat(pids()).isEqualTo(before);
            assertThat(running.get("/").body()).startsWith("one web.1");
        }
    }

    @Test
    void the_services_that_a_failed_release_was_the_first_to_need_end_with_it() throws Exception {
        app.write("app.json", "{\"addons\": [\"redis\"]}");
        try (TestFormation running = app.start().awaitReady()) {
            app.write("app.json", "{\"addons\": [\"redis\", \"s3\"]}").write("version", "fails on web.1\n");
            assertThatThrownBy(() -> client.change(new Request.Roll(), progress -> {}))
                    .hasMessageEndingWith("release 1 runs as before");
            assertThat(running.told(Kind.SERVICE_READY))
                    .extracting(event -> event.subject().orElseThrow())
                    .containsExactly("redis", "s3");
            assertThat(client.services()).extracting(ServiceView::name).containsExactly("redis");
        }
    }

    @Test
    void the_build_command_makes_what_is_released_and_processes_run_from_it() throws Exception {
        app.write("app.json", "{\"coatcheck\": {\"build\": \"echo built > version\"}}");
        try (TestFormation running = app.start().awaitReady()) {
            assertThat(running.get("/").body()).startsWith("built");
            Files.delete(folder.resolve("server.js"));
            client.change(new Request.Restart(Optional.empty()), progress -> {});
            assertThat(running.get("/").body()).startsWith("built");
        }
    }

    @Test
    void one_can_go_back_to_any_release_that_ran() throws Exception {
        try (TestFormation running = app.start().awaitReady()) {
            app.write("version", "two\n");
            client.change(new Request.Roll(), progress -> {});
            app.write("version", "three\n");
            client.change(new Request.Roll(), progress -> {});
            client.change(new Request.Rollback(Optional.empty()), progress -> {});
            assertThat(running.get("/").body()).startsWith("two");
            client.change(new Request.Rollback(Optional.of(3)), progress -> {});
            assertThat(running.get("/").body()).startsWith("three");
            client.change(new Request.Rollback(Optional.of(1)), progress -> {});
            assertThat(running.get("/").body()).startsWith("one");
            assertThatThrownBy(() -> client.change(new Request.Rollback(Optional.of(9)), progress -> {}))
                    .hasMessageContaining("there is no release 9");
            assertThatThrownBy(() -> client.change(new Request.Rollback(Optional.of(1)), progress -> {}))
                    .hasMessageContaining("release 1 runs already");
            assertThat(client.releases())
                    .extracting(ReleaseView::state)
                    .containsExactly("current", "earlier", "earlier");
        }
    }

    @Test
    void what_never_became_ready_is_not_gone_back_to() throws Exception {
        try (TestFormation running = app.start().awaitReady()) {
            assertThat(client.releases()).extracting(ReleaseView::state).containsExactly("current");
            assertThat(running.get("/").statusCode()).isEqualTo(200);
        }
        app.write("version", "slow\n");
        try (TestFormation slow =
                TestFormation.in(folder).write("server.js", SERVER).start()) {
            assertThat(slow.instance("web.1").release()).isEqualTo(2);
            app.write("version", "three\n");
            client.change(new Request.Roll(), progress -> {});
            assertThat(client.releases())
                    .extracting(ReleaseView::state)
                    .containsExactly("earlier", "unfinished", "current");
            // What was to become ready is no longer to run, and holds nothing up.
            slow.awaitReady();
            assertThat(slow.told(Kind.READY)).hasSize(1);
            client.change(new Request.Rollback(Optional.empty()), progress -> {});
            assertThat(slow.get("/").body()).startsWith("one");
        }
    }

    @Test
    void what_came_up_with_fewer_instances_than_it_began_with_is_gone_back_to() throws Exception {
        app.write("version", "hangs on web.3\n");
        try (TestFormation running = app.start(options -> options.withQuantities("web=3"))) {
            app.awaitState("web.1", InstanceState.READY);
            app.awaitState("web.2", InstanceState.READY);
            client.change(new Request.Scale(Map.of("web", 2)), progress -> {});
            app.write("version", "two\n");
            client.change(new Request.Roll(), progress -> {});
            assertThat(client.releases()).extracting(ReleaseView::state).containsExactly("earlier", "current");
            client.change(new Request.Rollback(Optional.empty()), progress -> {});
            assertThat(running.get("/").body()).startsWith("hangs on web.3");
        }
    }

    @Test
    void what_came_up_after_a_restart_is_gone_back_to() throws Exception {
        Path patience = folder.resolve("patience");
        app.write(
                "server.js",
                "if (!require('fs').existsSync('" + patience + "')) setTimeout(() => {}, 60000); else {" + SERVER
                        + "}\n");
        try (TestFormation running = app.start()) {
            await().atMost(LIMIT).until(() -> pids().size() == 1);
            app.write("patience", "");
            client.change(new Request.Restart(Optional.of("web.1")), progress -> {});
            app.write("version", "two\n");
            client.change(new Request.Roll(), progress -> {});
            assertThat(client.releases()).extracting(ReleaseView::state).containsExactly("earlier", "current");
            assertThat(running.get("/").body()).startsWith("two");
        }
    }

    @Test
    void scaling_under_load_loses_no_request_and_takes_the_highest_numbers_away() throws Exception {
        try (TestFormation running = app.start().awaitReady();
                RequestLoad load = RequestLoad.on(running.formation().tcpPort())) {
            long first = pids().getFirst();
            client.change(new Request.Scale(Map.of("web", 4)), progress -> {});
            assertThat(names()).containsExactly("web.1", "web.2", "web.3", "web.4");
            load.awaitMore(50);
            client.change(new Request.Scale(Map.of("web", 1)), progress -> {});
            assertThat(names()).containsExactly("web.1");
            assertThat(pids()).containsExactly(first);
            load.awaitMore(50);
            assertThat(load.failures()).isEmpty();
            assertThatThrownBy(() -> client.change(new Request.Scale(Map.of("wbe", 1)), progress -> {}))
                    .hasMessageContaining("the Procfile has no process type 'wbe' (it has web)");
        }
    }

    @Test
    void a_restart_replaces_what_was_asked_for_and_nothing_else() throws Exception {
        try (TestFormation running =
                app.start(options -> options.withQuantities("web=2")).awaitReady()) {
            List<Long> before = pids();
            client.change(new Request.Restart(Optional.of("web.2")), progress -> {});
            assertThat(pids().getFirst()).isEqualTo(before.getFirst());
            assertThat(pids().getLast()).isNotEqualTo(before.getLast());
            assertThat(running.get("/").statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> client.change(new Request.Restart(Optional.of("web.7")), progress -> {}))
                    .hasMessageContaining("nothing that is called 'web.7' runs");
        }
    }

    @Test
    void process_types_come_and_go_with_the_release_that_has_them() throws Exception {
        try (TestFormation running = app.write("Procfile", "web: node server.js\nold: sleep 600\n")
                .start(options -> options.withQuantities("web=1,old=1"))
                .awaitReady()) {
            client.change(new Request.Scale(Map.of("web", 2)), progress -> {});
            app.write("Procfile", "web: node server.js\nnew: exec sleep 600\n");
            client.change(new Request.Roll(), progress -> {});
            assertThat(names()).containsExactly("web.1", "web.2", "new.1");
            client.change(new Request.Rollback(Optional.empty()), progress -> {});
            assertThat(names()).containsExactly("web.1", "web.2", "old.1");
            app.write("Procfile", "web: node server.js\nnew: exit 1\n");
            assertThatThrownBy(() -> client.change(new Request.Roll(), progress -> {}))
                    .hasMessageContaining("new.1");
            assertThat(names()).containsExactly("web.1", "web.2", "old.1");
            assertThat(running.get("/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void one_change_at_a_time_is_made_and_an_unwanted_one_is_undone() throws Exception {
        try (TestFormation running = app.start().awaitReady()) {
            List<Long> before = pids();
            app.write("version", "slow\n");
            Process asking = slowRoll();
            await().atMost(LIMIT).until(() -> names().size() == 2);
            assertThatThrownBy(() -> client.change(new Request.Scale(Map.of("web", 2)), progress -> {}))
                    .hasMessageContaining("no scale now: a roll is under way");
            asking.destroyForcibly();
            await().atMost(LIMIT).until(() -> pids().equals(before));
            await().atMost(LIMIT)
                    .until(() -> app.told(Kind.CHANGE_FAILED).stream()
                            .anyMatch(
                                    event -> event.message().contains("it was interrupted\nrelease 1 runs as before")));
            assertThat(running.get("/").body()).startsWith("one");
        }
    }

    @Test
    void an_unwanted_build_or_release_is_asked_to_end_and_given_time() throws Exception {
        String patient = "trap 'echo rolled back; exit 0' TERM; echo begun; while true; do sleep 0.1; done";
        try (TestFormation running = app.start().awaitReady()) {
            app.write("Procfile", "web: node server.js\nrelease: " + patient + "\n");
            endRollOnceBegun("release.1");
            app.write("Procfile", "web: node server.js\n")
                    .write("app.json", "{\"coatcheck\": {\"build\": \"" + patient + "\"}}");
            endRollOnceBegun("build.1");
            assertThat(running.get("/").body()).startsWith("one web.1");
        }
    }

    private void endRollOnceBegun(String name) throws IOException {
        Process asking = slowRoll();
        await().atMost(LIMIT).until(() -> app.output(name).contains("begun"));
        asking.destroyForcibly();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(app.output(name)).contains("rolled back"));
    }

    @Test
    void a_kill_does_not_wait_for_a_release_that_takes_its_time() throws Exception {
        app.write(
                "Procfile", "web: node server.js\nrelease: trap '' TERM; echo begun; while true; do sleep 0.1; done\n");
        try (TestFormation running = app.with(settings -> settings.withStopLimit(Duration.ofMinutes(5)))) {
            CompletableFuture<Void> start = CompletableFuture.runAsync(
                    () -> assertThatThrownBy(app::start).hasMessageContaining("stopped before everything was started"));
            await().atMost(LIMIT).until(() -> app.output("release.1").contains("begun"));
            running.formation().kill();
            start.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_stop_in_the_middle_of_a_roll_leaves_nothing_running() throws Exception {
        List<Long> all;
        try (TestFormation running = app.start().awaitReady()) {
            app.write("version", "slow\n");
            CompletableFuture<String> failure = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    failure.complete(client.change(new Request.Roll(), progress -> {}));
                } catch (FormationException e) {
                    failure.complete(e.getMessage());
                }
            });
            await().atMost(LIMIT).until(() -> pids().size() == 2);
            all = pids();
            running.formation().stop();
            assertThat(failure.get(20, TimeUnit.SECONDS))
                    .contains("the roll failed: the formation was stopped meanwhile");
        }
        assertThat(all).noneMatch(TestFormation::isAlive);
        app.write("version", "one\n");
        try (TestFormation again =
                TestFormation.in(folder).write("server.js", SERVER).start().awaitReady()) {
            assertThat(again.get("/").body()).startsWith("one");
            assertThat(client.releases()).extracting(ReleaseView::state).containsExactly("current", "failed");
        }
    }

    @Test
    void an_unchanged_application_goes_on_with_its_last_release() throws Exception {
        app.write(".env", "COLOUR=hidden\n");
        for (int i = 0; i < 2; i++) {
            try (TestFormation running =
                    TestFormation.in(folder).write("server.js", SERVER).start().awaitReady()) {
                assertThat(client.releases()).hasSize(1);
                assertThat(running.instance("web.1").release()).isEqualTo(1);
            }
        }
        app.write(".env", "COLOUR=other\n");
        try (TestFormation running =
                TestFormation.in(folder).write("server.js", SERVER).start().awaitReady()) {
            assertThat(client.releases()).hasSize(2);
            assertThat(running.builds()).hasSize(1);
        }
        try (Stream<Path> files = Files.walk(folder.resolve(".coatcheck/releases"))) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .endsWith("------"));
        }
        assertThat(Files.readString(folder.resolve(".coatcheck/releases/00001.json"), StandardCharsets.UTF_8))
                .contains("hidden");
    }

    @Test
    void each_process_type_is_stopped_with_its_signal_and_killed_at_its_limit() throws Exception {
        app.write("Procfile", """
                        web: node server.js
                        polite: trap 'echo interrupted; exit 0' INT; trap '' TERM; echo set; while true; do sleep 0.1; done
                        deaf: trap '' TERM; echo set; while true; do sleep 0.1; done
                        """)
                .write(
                        "app.json",
                        "{\"coatcheck\": {\"stop\": {\"polite\": {\"signal\": \"INT\"}, \"deaf\": {\"seconds\": 1}}}}");
        try (TestFormation running = app.start().awaitReady()) {
            await().atMost(LIMIT)
                    .until(() -> running.output("polite.1").contains("set")
                            && running.output("deaf.1").contains("set"));
            client.change(new Request.Scale(Map.of("polite", 0, "deaf", 0)), progress -> {});
            assertThat(running.output("polite.1")).contains("interrupted");
            assertThat(app.told(Kind.INSTANCE_STOPPED))
                    .extracting(event -> event.message())
                    .anyMatch(message -> message.endsWith("killed because it had not stopped 1 s after SIGTERM"));
        }
    }

    private List<Long> pids() {
        return app.formation().instances().stream()
                .flatMap(instance -> instance.pid().stream().boxed())
                .toList();
    }

    private List<String> names() {
        return app.formation().instances().stream().map(InstanceStatus::name).toList();
    }

    /** A client that asks for a roll and can be killed. */
    private Process slowRoll() throws IOException {
        return new ProcessBuilder(
                        "python3",
                        "-c",
                        """
                import socket, sys
                client = socket.socket(socket.AF_UNIX)
                client.connect(sys.argv[1])
                client.sendall(b'{"command":"roll"}\\n')
                while client.recv(4096): pass
                """,
                        folder.resolve(".coatcheck/control.sock").toString())
                .start();
    }
}
