package dev.coatcheck.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code ./coatcheck prove gallery} says, of each of the gallery's scenarios. */
class GalleryProofIT {
    private static final Path GALLERY = Path.of("../gallery").toAbsolutePath().normalize();

    private static final String EVERY_CHECK =
            "spread,amnesia,restart,crash,agree,again,sockets,factors,drain,roll,scale";

    /** By check, the scenarios that open no socket, and those that read nothing which they have changed. */
    private static final Map<String, Set<String>> NOTHING_TO_TRY = Map.of(
            "sockets",
            Set.of("scenarios/guesses.hurl", "scenarios/photo.hurl", "scenarios/session.hurl", "scenarios/upload.hurl"),
            "agree",
            Set.of("scenarios/guesses.hurl", "scenarios/live.hurl"));

    @TempDir
    Path reports;

    static List<String> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(GALLERY.resolve("scenarios"))) {
            return files.map(file -> "scenarios/" + file.getFileName())
                    .filter(name -> name.endsWith(".hurl"))
                    .sorted()
                    .toList();
        }
    }

    /** In short, since every start of the gallery is dear: the rest is in the long build. */
    @Test
    void a_photo_in_pieces_goes_on_when_all_are_restarted_and_when_each_is_killed_that_answered() throws Exception {
        JsonNode report = proof(0, "--scenario", "scenarios/upload.hurl", "--checks", "restart,crash");

        assertThat(report.get("verdict").stringValue()).isEqualTo("stateless");
        assertThat(report.at("/coverage/kills").asInt()).isGreaterThan(2);
        assertThat(outcomes(report)).isEqualTo(Map.of("restart", "passed", "crash", "passed"));
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("scenarios")
    void the_gallery_proves_stateless_with_every_check(String scenario) throws Exception {
        JsonNode report = proof(0, "--scenario", scenario, "--checks", EVERY_CHECK, "--strict");

        assertThat(report.get("verdict").stringValue()).isEqualTo("stateless");
        assertThat(report.at("/coverage/separated").asInt())
                .isEqualTo(report.at("/coverage/pairs").asInt())
                .isPositive();
        assertThat(report.at("/coverage/kills").asInt()).isPositive();
        Map<String, String> outcomes = outcomes(report);
        assertThat(outcomes).containsOnlyKeys(EVERY_CHECK.split(","));
        for (var check : outcomes.entrySet()) {
            boolean hasSomethingToTry =
                    !NOTHING_TO_TRY.getOrDefault(check.getKey(), Set.of()).contains(scenario);
            assertThat(check.getValue()).as(check.getKey()).isEqualTo(hasSomethingToTry ? "passed" : "skipped");
        }
    }

    private static Map<String, String> outcomes(JsonNode report) {
        return StreamSupport.stream(report.get("checks").spliterator(), false)
                .collect(Collectors.toMap(
                        check -> check.get("name").stringValue(),
                        check -> check.get("outcome").stringValue()));
    }

    @Tag("long")
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
            assertThat(prover.waitFor(30, TimeUnit.MINUTES)).isTrue();
        } finally {
            prover.destroy();
        }
        assertThat(prover.exitValue()).as(Files.readString(log)).isEqualTo(expectedStatus);
        return new JsonMapper().readTree(reports.resolve("proof/report.json").toFile());
    }
}
