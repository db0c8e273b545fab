package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.host.process.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
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
                        "coatcheck prove " + folder + " --web 'exec ",
                        " --scenario " + recording);
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
    void an_interrupt_ends_the_command_with_its_children_and_keeps_what_was_recorded() throws Exception {
        Path child = folder.resolve("child");
        String command = "curl -fsS -o /dev/null $BASE_URL/page.txt; sleep 600 & echo $! > '" + child + ".new'; mv '"
                + child + ".new' '" + child + "'; wait";
        try (Runner runner =
                Runner.start("record", folder.toString(), "--web", WEB, "--out", recording.toString(), "--", command)) {
            await().atMost(Runner.LIMIT).until(() -> Files.exists(child));
            runner.signal("INT");
            assertThat(runner.exitStatus()).isEqualTo(Interruption.INTERRUPTED);
        }
        assertThat(recording).content().contains("/page.txt", "\"a page\"");
        Optional<ProcessHandle> left =
                ProcessHandle.of(Long.parseLong(Files.readString(child).strip()));
        assertThat(left.isEmpty() || ProcessEnd.await(left.get(), Duration.ofSeconds(10)))
                .isTrue();
    }

    @Test
    void by_hand_it_ends_with_an_interrupt() throws Exception {
        Path said = folder.resolve("said");
        try (Runner runner = Runner.startWithErrorsIn(
                said, "record", folder.toString(), "--web", WEB, "--out", recording.toString())) {
            await().atMost(Runner.LIMIT)
                    .until(() -> Files.readString(said).lines().anyMatch(line -> line.startsWith("Recording http://")));
            String url = Files.readString(said)
                    .lines()
                    .filter(line -> line.startsWith("Recording http://"))
                    .findFirst()
                    .orElseThrow()
                    .substring("Recording ".length());
            int curl = new ProcessBuilder("curl", "-fsS", "-o", "/dev/null", url + "/page.txt")
                    .start()
                    .waitFor();
            assertThat(curl).isZero();
            runner.signal("INT");
            assertThat(runner.exitStatus()).isZero();
        }
        assertThat(recording).content().contains("/page.txt");
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
