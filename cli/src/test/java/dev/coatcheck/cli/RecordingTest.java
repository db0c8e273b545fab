package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coatcheck record}, as a process, in front of the JDK's own file server. */
class RecordingTest {
    private static final String WEB = "exec '" + Path.of(System.getProperty("java.home"), "bin", "java")
            + "' -m jdk.httpserver -b 127.0.0.1 -p $PORT";

    @TempDir
    private Path folder;

    private Path recording;

    @BeforeEach
    void find_curl() throws IOException {
        assumeTrue(SearchPath.ofThisJvm().find("curl").isPresent(), "curl is not installed");
        Files.writeString(folder.resolve("page.txt"), "a page");
        recording = folder.resolve("journey.har");
    }

    @Test
    void what_a_command_does_is_recorded_and_its_status_is_told() throws Exception {
        Runner.Ended ended = record("--", "curl -fsS $BASE_URL/page.txt; exit 3");
        assertThat(ended.output())
                .contains(
                        "a page",
                        "The command ended with status 3.",
                        "Recorded 1 requests in " + recording,
                        "coatcheck prove --scenario " + recording);
        assertThat(ended.status()).isEqualTo(3);
        assertThat(recording).content().contains("/page.txt", "\"a page\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(recording)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_command_of_several_words_is_run_without_a_shell_and_one_that_asks_nothing_leaves_no_file() throws Exception {
        Runner.Ended ended = record("--", "echo", "$BASE_URL");
        assertThat(ended.output()).contains("$BASE_URL", "no request came to http://localhost:");
        assertThat(ended.status()).isEqualTo(Coatcheck.FAILED);
        assertThat(recording).doesNotExist();
    }

    @Test
    void by_hand_it_ends_with_an_interrupt() throws Exception {
        Path port = folder.resolve("port");
        try (Runner runner = Runner.start(
                "record", folder.toString(), "--web", WEB, "--out", recording.toString(), "--port", freePort(port))) {
            String url = "http://localhost:" + Files.readString(port) + "/page.txt";
            await().atMost(Runner.LIMIT)
                    .until(() -> new ProcessBuilder("curl", "-fsS", "-o", "/dev/null", url)
                                    .start()
                                    .waitFor()
                            == 0);
            runner.signal("INT");
            assertThat(runner.exitStatus()).isZero();
        }
        assertThat(recording).content().contains("/page.txt");
    }

    private static String freePort(Path file) throws IOException {
        try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
            return Files.readString(Files.writeString(file, Integer.toString(free.getLocalPort())));
        }
    }

    @Test
    void what_cannot_be_is_said_before_anything_is_started() throws Exception {
        assertThat(Runner.run("", "record", "--web", WEB, "--out", "journey.txt")
                        .output())
                .contains("--out: a recording is a file NAME.har, not journey.txt");
        assertThat(Runner.run("", "record", "one", "two", "--out", "a.har").output())
                .contains("one folder at most; a command stands behind '--'");
        assertThat(Runner.run("", "record", folder.toString(), "--out", recording.toString())
                        .output())
                .contains("there is no Procfile in " + folder);
    }

    private Runner.Ended record(String... command) throws IOException, InterruptedException {
        return Runner.run(
                "",
                Stream.concat(
                                Stream.of("record", folder.toString(), "--web", WEB, "--out", recording.toString()),
                                Stream.of(command))
                        .toArray(String[]::new));
    }
}
