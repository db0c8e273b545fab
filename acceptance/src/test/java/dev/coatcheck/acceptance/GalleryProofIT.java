package dev.coatcheck.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("long")
class GalleryProofIT {
    private static final Path GALLERY = Path.of("../gallery").toAbsolutePath().normalize();

    @TempDir
    Path reports;

    @Test
    void the_gallery_proves_stateless_from_registration_to_photo() throws Exception {
        JsonNode report = proof(0, "--scenario", "scenarios/photo.hurl");

        assertThat(report.get("verdict").stringValue()).isEqualTo("stateless");
        assertThat(report.at("/coverage/separated").asInt())
                .isEqualTo(report.at("/coverage/pairs").asInt())
                .isEqualTo(55);
        assertThat(report.at("/coverage/kills").asInt()).isPositive();
    }

    @Test
    void guesses_at_a_password_are_counted_once_for_all_instances() throws Exception {
        JsonNode report = proof(0, "--scenario", "scenarios/guesses.hurl", "--checks", "spread");

        assertThat(report.get("verdict").stringValue()).isEqualTo("stateless");
        assertThat(report.at("/coverage/separated").asInt()).isEqualTo(21);
    }

    @Test
    void a_page_hears_of_its_photos_wherever_its_socket_is() throws Exception {
        JsonNode report = proof(0, "--scenario", "scenarios/live.hurl", "--checks", "sockets");

        assertThat(report.get("verdict").stringValue()).isEqualTo("stateless");
        assertThat(report.at("/checks/0/outcome").stringValue()).isEqualTo("passed");
    }

    @Test
    void the_gallery_with_its_sessions_in_memory_is_caught_with_the_path_to_the_field() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

        JsonNode report = proof(
                1,
                "--scenario",
                "scenarios/session.hurl",
                "--checks",
                "spread",
                "--web",
                "exec '" + java + "' -XX:TieredStopAtLevel=1 -cp '" + classPath
                        + "' dev.coatcheck.gallery.ForgetfulWeb");

        JsonNode leak = report.at("/leaks/0");
        assertThat(leak.get("cause").stringValue()).isEqualTo("memory");
        assertThat(leak.at("/polluter/step").asInt()).isEqualTo(2);
        assertThat(leak.at("/victim/step").asInt()).isEqualTo(3);
        assertThat(leak.at("/locations/0/kind").stringValue()).isEqualTo("heap");
        assertThat(leak.at("/locations/0/path").stringValue()).contains("InMemorySessions");
    }

    private JsonNode proof(int expectedStatus, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("prove", GALLERY.toString(), "--report", "proof"));
        command.addAll(List.of(arguments).stream()
                .map(argument -> argument.startsWith("scenarios/")
                        ? GALLERY.resolve(argument).toString()
                        : argument)
                .toList());
        ProcessBuilder builder = RunningFormation.command(command.toArray(String[]::new));
        List.of("DATABASE_URL", "REDIS_URL", "PORT").forEach(builder.environment()::remove);
        Path log = reports.resolve("log");
        Process prover = builder.directory(reports.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(prover.waitFor(15, TimeUnit.MINUTES)).isTrue();
        } finally {
            prover.destroy();
        }
        assertThat(prover.exitValue()).as(Files.readString(log)).isEqualTo(expectedStatus);
        return new JsonMapper().readTree(reports.resolve("proof/report.json").toFile());
    }
}
