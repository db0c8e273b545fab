package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process whose configuration is wrong says everything that is wrong, before it listens or connects. */
class ConfigExitTest {
    private record Exit(int status, String output) {}

    @TempDir
    Path folder = Path.of("unset");

    private Exit run(String processType, Map<String, String> environment) throws IOException, InterruptedException {
        var output = folder.resolve("output");
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        processType)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        List.of("DATABASE_URL", "REDIS_URL", "PORT").forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Exit(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "worker"})
    void a_process_tells_all_missing_variables_at_once(String processType) throws Exception {
        var exit = run(processType, Map.of());

        assertThat(exit.status()).isEqualTo(78);
        assertThat(exit.output()).contains("DATABASE_URL is not set", "REDIS_URL is not set");
    }

    @Test
    void wrong_values_are_told_at_once_without_their_secrets_and_before_it_listens() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var exit = run(
                    "web",
                    Map.of(
                            "DATABASE_URL", "mysql://gallery:hunter2@localhost/gallery",
                            "REDIS_URL", "hunter3",
                            "PORT", "many",
                            "DRAIN_TIMEOUT", "soon"));

            assertThat(exit.status()).isEqualTo(78);
            assertThat(exit.output())
                    .contains("DATABASE_URL", "REDIS_URL", "PORT", "DRAIN_TIMEOUT")
                    .doesNotContain("hunter", "Exception");

            // Had it listened first, it would have met the port that is taken.
            var listening = run("web", Map.of("PORT", String.valueOf(taken.getLocalPort())));
            assertThat(listening.status()).isEqualTo(78);
        }
    }

    @Test
    void the_release_needs_only_the_database() throws Exception {
        var exit = run("release", Map.of());

        assertThat(exit.status()).isEqualTo(78);
        assertThat(exit.output()).contains("DATABASE_URL is not set").doesNotContain("REDIS_URL");
    }

    @Test
    void another_process_type_is_wrong_usage() throws Exception {
        var exit = run("wrong", Map.of());

        assertThat(exit.status()).isEqualTo(64);
        assertThat(exit.output()).contains("web|worker|release");
    }

    @Test
    void a_database_that_is_not_there_ends_the_release_with_one_line_that_says_so() throws Exception {
        var exit = run("release", Map.of("DATABASE_URL", "postgresql://gallery:hunter2@127.0.0.1:1/gallery"));

        assertThat(exit.status()).isEqualTo(1);
        assertThat(exit.output()).contains("127.0.0.1:1").doesNotContain("hunter2");
    }
}
