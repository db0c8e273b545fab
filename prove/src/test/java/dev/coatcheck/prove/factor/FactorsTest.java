package dev.coatcheck.prove.factor;

import static dev.coatcheck.prove.factor.Observation.Standing.KEPT;
import static dev.coatcheck.prove.factor.Observation.Standing.NOT_KEPT;
import static dev.coatcheck.prove.factor.Observation.Standing.NOT_LOOKED_AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FactorsTest {
    private static final Isolation ISOLATION = Isolation.probe();

    @TempDir
    Path folder;

    @BeforeAll
    static void instances_have_disks_and_networks_of_their_own() {
        assumeTrue(ISOLATION.hasOwnNetworks());
    }

    @Test
    void an_application_that_breaks_everything_gets_advice_with_what_was_seen() throws Exception {
        Files.createDirectory(folder.resolve("cache"));
        Files.writeString(folder.resolve(".env"), "API_KEY=abc\nREGION=north\n");
        Files.writeString(
                folder.resolve("app.json"),
                "{\"env\": {\"API_KEY\": {\"required\": true}, \"REGION\": {\"required\": true}},"
                        + " \"coatcheck\": {\"stop\": {\"web\": {\"seconds\": 1}}}}");

        Seen seen = observe("SEED=$(cat /proc/sys/kernel/random/uuid) exec node server.js", """
                const fs = require('fs');
                require('http').createServer((request, response) => {
                  if (request.method === 'POST') {
                    fs.appendFileSync('/tmp/access.log', 'POST\\n');
                    fs.writeFileSync('/tmp/upload-1', 'x');
                    fs.writeFileSync('cache/last', 'xx');
                  }
                  response.end('ok');
                }).listen(process.env.PORT);
                process.on('SIGTERM', () => {});
                """);

        assertThat(seen.of(Factor.CONFIG))
                .isEqualTo(new Observation(Factor.CONFIG, NOT_KEPT, "it starts without API_KEY, REGION"));
        assertThat(seen.of(Factor.SAME_CONFIG).standing()).isEqualTo(NOT_KEPT);
        assertThat(seen.of(Factor.SAME_CONFIG).seen()).contains("different values in SEED");
        assertThat(seen.of(Factor.LOGS))
                .isEqualTo(new Observation(Factor.LOGS, NOT_KEPT, "it wrote to /tmp/access.log (5 bytes)"));
        assertThat(seen.of(Factor.OWN_FOLDER))
                .isEqualTo(new Observation(Factor.OWN_FOLDER, NOT_KEPT, "it wrote cache/last (2 bytes)"));
        assertThat(seen.of(Factor.TEMPORARY_FILES).seen()).contains("/tmp/upload-1 (1 byte)");
        assertThat(seen.of(Factor.STOP).standing()).isEqualTo(NOT_KEPT);
        assertThat(seen.of(Factor.STOP).seen()).contains("still there 1 s after SIGTERM");
        assertThat(seen.of(Factor.PORT).standing()).isEqualTo(KEPT);
        assertThat(seen.of(Factor.START).standing()).isEqualTo(KEPT);
    }

    @Test
    void a_variable_that_is_missing_is_named_or_its_start_tried_without_it_alone() throws Exception {
        Files.writeString(folder.resolve(".env"), "FIRST=1\nSECOND=2\nTHIRD=3\nLOG_LEVEL=debug\n");
        Files.writeString(
                folder.resolve("app.json"),
                "{\"env\": {\"FIRST\": {\"required\": true}, \"SECOND\": {\"required\": true},"
                        + " \"THIRD\": {\"required\": false}, \"DEFAULTED\": \"4\"}}");

        Seen seen = observe("exec node server.js", """
                if (!process.env.FIRST) throw new Error('FIRST must be set');
                if (!process.env.SECOND) process.exit(1);
                require('http').createServer((request, response) => response.end('ok')).listen(process.env.PORT);
                """);

        assertThat(seen.of(Factor.CONFIG).standing()).isEqualTo(KEPT);
        assertThat(seen.of(Factor.CONFIG).seen())
                .isEqualTo(
                        "it ends at once and says so where FIRST is missing; it ends without SECOND, and its last lines do"
                                + " not name it");
        assertThat(seen.of(Factor.LOGS).standing()).isEqualTo(NOT_LOOKED_AT);
        assertThat(seen.all().values()).noneMatch(Observation::isNotKept);
    }

    @Test
    void what_two_conversations_show_is_told_together() {
        Observation one = Observation.notKept(Factor.LOGS, "one.log");
        Observation other = Observation.notKept(Factor.LOGS, "other.log");

        assertThat(one.and(other).seen()).isEqualTo("one.log; other.log");
        assertThat(one.and(one).seen()).isEqualTo("one.log");
        assertThat(Observation.kept(Factor.LOGS, "none").and(one)).isEqualTo(one);
        assertThat(one.and(Observation.kept(Factor.LOGS, "none"))).isEqualTo(one);
        assertThat(Observation.notLookedAt(Factor.LOGS, "why")
                        .and(Observation.kept(Factor.LOGS, "none"))
                        .seen())
                .isEqualTo("none");
    }

    @ParameterizedTest
    @EnumSource
    void every_factor_has_its_section_in_the_documentation(Factor factor) throws Exception {
        try (Stream<String> lines = Files.lines(Path.of("..", "docs", "factors.md"))) {
            assertThat(lines).contains("## " + factor.word());
        }
    }

    private record Seen(Map<Factor, Observation> all) {
        Observation of(Factor factor) {
            return Objects.requireNonNull(all.get(factor));
        }
    }

    private Seen observe(String command, String server) throws Exception {
        Files.writeString(folder.resolve("Procfile"), "web: " + command + "\n");
        Files.writeString(folder.resolve("server.js"), server);
        Scenario scenario = StepLines.read(List.of("POST /", "GET /"), folder, List.of());
        Application application = Application.read(folder, ApplicationOptions.of(System.getenv()));
        try (Lab lab = Lab.open(LabSettings.of(application, ISOLATION))) {
            Factors factors = new Factors(lab);
            try (Trial trial = lab.begin(Factors.plan(2), scenario, Optional.empty(), 0)) {
                factors.watch(trial);
            }
            factors.tryWithoutVariables();
            return new Seen(factors.observations().stream()
                    .collect(Collectors.toMap(Observation::factor, Function.identity())));
        }
    }
}
