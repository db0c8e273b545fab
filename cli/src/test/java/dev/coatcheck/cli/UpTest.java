package dev.coatcheck.cli;

import static dev.coatcheck.cli.Runner.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.TcpPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class UpTest {
    @TempDir
    Path folder;

    @BeforeEach
    void application() throws IOException {
        assumeTrue(
                List.of(System.getenv("PATH").split(":", -1)).stream()
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "the application of these tests needs node on the PATH");
        write("server.js", """
                const http = require('http');
                http.createServer((request, response) => {
                  console.log('asked');
                  response.end(process.env.COATCHECK_INSTANCE);
                }).listen(process.env.PORT, '127.0.0.1');
                """);
        write("Procfile", "web: node server.js\n");
    }

    @Test
    void events_are_json_lines_and_an_interrupt_ends_it_in_order() throws Exception {
        try (Runner up = up("--formation", "web=2")) {
            JsonNode ready = up.awaitEvent("ready");
            assertThat(get(ready.get("url").stringValue())).startsWith("web.");
            up.signal("INT");
            assertThat(up.exitStatus()).isZero();
            assertThat(up.events())
                    .allSatisfy(event -> assertThat(event.propertyNames()).contains("time", "event"))
                    .extracting(event -> event.get("event").stringValue())
                    .contains("lifecycle", "app", "access");
            assertThat(up.awaitEvent("stopped").get("message").stringValue()).isEqualTo("stopped");
        }
    }

    @Test
    void a_web_command_needs_no_procfile_and_has_the_time_to_start_that_it_is_given() throws Exception {
        Files.delete(folder.resolve("Procfile"));
        try (Runner up = up("--web", "sleep 600", "--start-timeout", "1")) {
            assertThat(up.awaitEvent("instance-not-ready").get("message").stringValue())
                    .startsWith("web.1 was not ready within 1 s: ")
                    .endsWith("; 'coatcheck up --start-timeout' gives it longer; it is ended");
        }
        try (Runner up = up("--web", "node server.js")) {
            assertThat(get(up.awaitEvent("ready").get("url").stringValue())).isEqualTo("web.1");
        }
    }

    @Test
    void nothing_survives_a_runner_that_was_killed_and_the_next_one_starts_with_the_data() throws Exception {
        write("Procfile", """
                web: node server.js
                worker: (setsid setsid sh -c 'echo $$ >runaway; exec sleep 600' &); echo $REDIS_URL >url; exec sleep 600
                """);
        try (Runner up = up("--with", "redis")) {
            up.awaitEvent("ready");
            List<Integer> ports = new ArrayList<>(
                    ps().stream().map(it -> it.get("port").intValue()).toList());
            URI redis = URI.create(awaitFile("url"));
            ports.add(redis.getPort());
            long runaway = Long.parseLong(awaitFile("runaway"));
            List<Long> pids = new ArrayList<>(
                    ps().stream().map(it -> it.get("pid").longValue()).toList());
            pids.add(runaway);
            assertThat(pids).allMatch(UpTest::isAlive);
            up.signal("KILL");
            await().atMost(LIMIT)
                    .until(() -> pids.stream().noneMatch(UpTest::isAlive)
                            && ports.stream().allMatch(TcpPorts::isFree));
        }
        assertThat(folder.resolve(".coatcheck/control.sock")).exists();
        try (Runner up = up("--with", "redis")) {
            up.awaitEvent("ready");
            assertThat(Runner.start("stop", "-C", folder.toString()).exitStatus())
                    .isZero();
            assertThat(up.exitStatus()).isZero();
        }
    }

    @Test
    void a_second_interrupt_ends_at_once_what_does_not_want_to_stop() throws Exception {
        write("Procfile", "web: node server.js\nworker: trap '' TERM; echo $$ >pid; while true; do sleep 1; done\n");
        write("app.json", "{\"coatcheck\": {\"stop\": {\"worker\": {\"seconds\": 120}}}}");
        try (Runner up = up()) {
            up.awaitEvent("ready");
            long pid = Long.parseLong(awaitFile("pid"));
            up.signal("INT");
            up.awaitEvent("stopping");
            up.signal("INT");
            long before = System.nanoTime();
            assertThat(up.exitStatus()).isEqualTo(130);
            assertThat(System.nanoTime() - before).isLessThan(30_000_000_000L);
            await().atMost(LIMIT).until(() -> !isAlive(pid));
        }
    }

    @Test
    void the_formation_goes_on_when_nobody_reads_its_output_any_more() throws Exception {
        try (Runner up = up()) {
            String url = up.awaitEvent("ready").get("url").stringValue();
            up.closeOutput();
            for (int i = 0; i < 500; i++) {
                assertThat(get(url)).isEqualTo("web.1");
            }
            assertThat(up.isAlive()).isTrue();
            assertThat(Runner.start("stop", "-C", folder.toString()).exitStatus())
                    .isZero();
            assertThat(up.exitStatus()).isZero();
        }
    }

    @Test
    void ps_tells_programs_what_section_eight_promises() throws Exception {
        try (Runner up = up("--formation", "web=2")) {
            up.awaitEvent("ready");
            List<JsonNode> instances = ps();
            assertThat(instances).hasSize(2).allSatisfy(instance -> {
                assertThat(instance.propertyNames())
                        .containsExactly(
                                "name",
                                "type",
                                "pid",
                                "port",
                                "state",
                                "since",
                                "restarts",
                                "release",
                                "memory",
                                "cpu",
                                "address");
                assertThat(instance.get("state").stringValue()).isEqualTo("ready");
                assertThat(instance.get("restarts").intValue()).isZero();
                assertThat(get("http://127.0.0.1:" + instance.get("port").intValue()))
                        .isEqualTo(instance.get("name").stringValue());
            });
        }
    }

    @Test
    void a_second_one_in_the_same_folder_fails_and_leaves_the_first_alone() throws Exception {
        try (Runner first = up()) {
            String url = first.awaitEvent("ready").get("url").stringValue();
            try (Runner second = up()) {
                assertThat(second.exitStatus()).isEqualTo(Coatcheck.FAILED);
            }
            assertThat(get(url)).isEqualTo("web.1");
        }
    }

    @Test
    void commands_change_a_running_formation_and_show_its_history() throws Exception {
        write(".env", "GREETING=hello\n");
        try (Runner up = up()) {
            String url = up.awaitEvent("ready").get("url").stringValue();
            Runner.Ended scaled = command("scale", "web=2");
            assertThat(scaled.output()).contains("web.2 is ready").endsWith("scaled web to 2\n");
            assertThat(ps()).hasSize(2);
            write(".env", "GREETING=good day\n");
            assertThat(command("roll").output()).contains("release 2: variables: GREETING changed");
            assertThat(get(url)).startsWith("web.");
            assertThat(command("releases").output())
                    .contains("GREETING changed")
                    .doesNotContain("good day");
            assertThat(command("logs", "-n", "5", "--log", "pretty", "web").output())
                    .contains("web.1");
            Runner.Ended wrong = Runner.run("", "scale", "wbe=2", "-C", folder.toString());
            assertThat(wrong.status()).isEqualTo(Coatcheck.FAILED);
            assertThat(wrong.output()).contains("the Procfile has no process type 'wbe'");
        }
    }

    @Test
    void a_one_off_process_has_the_environment_and_gives_its_input_output_and_exit_status() throws Exception {
        write(".env", "GREETING=hello\n");
        try (Runner up = up()) {
            up.awaitEvent("ready");
            Runner.Ended ended = Runner.run(
                    "from here\n",
                    "run",
                    "-C",
                    folder.toString(),
                    "read line; echo $GREETING $line $COATCHECK_INSTANCE; ls; exit 7");
            assertThat(ended.status()).isEqualTo(7);
            assertThat(ended.output()).startsWith("hello from here run.1\n").contains("server.js");
            assertThat(command(
                                    "run",
                                    "--",
                                    "node",
                                    "-e",
                                    "console.log(process.argv.slice(1).join())",
                                    "--",
                                    "-x",
                                    "a b")
                            .output())
                    .isEqualTo("-x,a b\n");
            up.awaitEvent("run-ended");
        }
    }

    @Test
    void logs_are_followed_to_the_end_of_the_formation() throws Exception {
        try (Runner up = up()) {
            String url = up.awaitEvent("ready").get("url").stringValue();
            try (Runner logs = Runner.start("logs", "-f", "--log", "json", "-C", folder.toString())) {
                logs.awaitEvent("ready");
                get(url);
                await().atMost(LIMIT)
                        .until(() -> logs.events().stream()
                                .anyMatch(
                                        event -> event.path("line").asString("").equals("asked")));
                command("stop");
                assertThat(logs.exitStatus()).isZero();
            }
            assertThat(up.exitStatus()).isZero();
        }
    }

    @Test
    void logs_end_quietly_when_nobody_reads_them_any_more() throws Exception {
        try (Runner up = up()) {
            String url = up.awaitEvent("ready").get("url").stringValue();
            try (Runner logs = Runner.start("logs", "-f", "--log", "json", "-C", folder.toString())) {
                logs.awaitEvent("ready");
                logs.closeOutput();
                await().atMost(LIMIT).until(() -> {
                    get(url);
                    return !logs.isAlive();
                });
                assertThat(logs.exitStatus()).isZero();
            }
        }
    }

    @Test
    void nothing_survives_a_runner_that_was_killed_in_the_middle_of_a_roll() throws Exception {
        List<Long> pids = new ArrayList<>();
        try (Runner up = up()) {
            up.awaitEvent("ready");
            write("server.js", "setTimeout(() => {}, 600000);\n");
            try (Runner roll = Runner.start("roll", "-C", folder.toString())) {
                await().atMost(LIMIT).until(() -> ps().size() == 2);
                ps().forEach(instance -> pids.add(instance.get("pid").longValue()));
                up.signal("KILL");
                await().atMost(LIMIT).until(() -> pids.stream().noneMatch(UpTest::isAlive));
                assertThat(roll.exitStatus()).isEqualTo(Coatcheck.FAILED);
            }
        }
        application();
        try (Runner up = up()) {
            assertThat(get(up.awaitEvent("ready").get("url").stringValue())).isEqualTo("web.1");
            assertThat(command("releases").output()).contains("unfinished");
        }
    }

    private Runner.Ended command(String name, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(name, "-C", folder.toString()));
        arguments.addAll(List.of(more));
        Runner.Ended ended = Runner.run("", arguments.toArray(String[]::new));
        assertThat(ended.status()).as(ended.output()).isZero();
        return ended;
    }

    private Runner up(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("up", folder.toString(), "--port", "0"));
        arguments.addAll(List.of(more));
        return Runner.start(arguments.toArray(String[]::new));
    }

    private List<JsonNode> ps() throws Exception {
        try (Runner ps = Runner.start("ps", "--json", "-C", folder.toString())) {
            assertThat(ps.exitStatus()).isZero();
            await().until(() -> !ps.events().isEmpty());
            return ps.events().getFirst().valueStream().toList();
        }
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(LIMIT)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    /** In the folder of the release that runs. */
    private String awaitFile(String name) {
        AtomicReference<String> text = new AtomicReference<>("");
        await().atMost(LIMIT).until(() -> {
            try (Stream<Path> builds = Files.list(folder.resolve(".coatcheck/builds"))) {
                for (Path build : (Iterable<Path>) builds::iterator) {
                    if (Files.exists(build.resolve(name))) {
                        text.set(Files.readString(build.resolve(name)));
                    }
                }
            }
            return text.get().endsWith("\n");
        });
        return text.get().strip();
    }

    private static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return false;
        }
    }
}
