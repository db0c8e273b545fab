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
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                .isEqualTo(new Observation(Factor.LOGS, NOT_KEPT, "it wrote to /tmp/access.log (10 bytes)"));
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
    void what_is_made_once_what_tools_set_for_each_and_open_streams_are_no_advice() throws Exception {
        Seen seen = observe(
                "PATH=/tmp/tools-$(cat /proc/sys/kernel/random/uuid):$PATH NODE_NAME=app@$(cat /proc/sys/kernel/hostname)"
                        + " exec node server.js",
                """
                const fs = require('fs');
                const server = require('http').createServer((request, response) => {
                  if (!fs.existsSync('/tmp/library.so')) {
                    fs.writeFileSync('/tmp/library.so', 'unpacked');
                    fs.mkdirSync('views');
                    fs.writeFileSync('views/page', 'compiled');
                  }
                  if (request.url !== '/events') return response.end('ok');
                  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
                  response.write('data: 1\\n\\n');
                }).listen(process.env.PORT);
                process.on('SIGTERM', () => server.close(() => process.exit(0)));
                """,
                "GET /events",
                "POST /");

        assertThat(seen.of(Factor.SAME_CONFIG).standing())
                .as(seen.of(Factor.SAME_CONFIG).seen())
                .isEqualTo(KEPT);
        assertThat(seen.of(Factor.TEMPORARY_FILES).standing()).isEqualTo(KEPT);
        assertThat(seen.of(Factor.OWN_FOLDER).standing()).isEqualTo(KEPT);
        assertThat(seen.of(Factor.STOP).standing())
                .as(seen.of(Factor.STOP).seen())
                .isEqualTo(KEPT);
    }

    @Test
    void that_a_second_conversation_which_broke_off_left_nothing_is_no_praise() throws Exception {
        Seen seen = observe("exec node server.js", """
                const fs = require('fs');
                let names = 0;
                require('http').createServer((request, response) => {
                  console.log(request.method);
                  if (request.method === 'POST' && names++ > 0) {
                    response.statusCode = 409;
                  } else if (request.method === 'POST') {
                    fs.writeFileSync('/tmp/upload-1', 'x');
                    fs.writeFileSync('access.log', 'x');
                  }
                  response.end();
                }).listen(process.env.PORT);
                """);

        for (Factor factor : List.of(Factor.OWN_FOLDER, Factor.TEMPORARY_FILES, Factor.LOGS)) {
            assertThat(seen.of(factor))
                    .isEqualTo(new Observation(
                            factor,
                            NOT_LOOKED_AT,
                            "a second conversation in the same process went no further than step 1 POST /"));
        }
    }

    @Test
    void a_process_that_dies_while_it_serves_has_not_stopped_well() throws Exception {
        Seen seen = observe("exec node server.js", """
                require('http').createServer((request, response) => {
                  response.end('ok');
                  if (request.method === 'POST') process.exit(3);
                }).listen(process.env.PORT);
                """);

        assertThat(seen.of(Factor.STOP).standing()).isEqualTo(NOT_LOOKED_AT);
        assertThat(seen.of(Factor.STOP).seen()).contains("had ended by itself");
    }

    @Test
    void what_does_not_come_up_with_all_variables_either_says_nothing_of_those_that_are_missing() throws Exception {
        Files.writeString(folder.resolve(".env"), "API_KEY=abc\n");
        Files.writeString(folder.resolve("app.json"), "{\"env\": {\"API_KEY\": {\"required\": true}}}");
        try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // As one that asks an issuer of tokens for its keys, again and again.
            write("exec node server.js", """
                    const asking = setInterval(() => require('net').connect(%d, '127.0.0.1', () => {
                      clearInterval(asking);
                      require('http').createServer((request, response) => response.end('ok')).listen(process.env.PORT);
                    }).on('error', () => {}), 100);
                    """.formatted(elsewhere.getLocalPort()));
            try (Lab lab = lab()) {
                Observation seen = new RequiredVariables(lab, Duration.ofSeconds(2)).look();

                assertThat(seen.seen()).startsWith("nothing can be said of API_KEY");
                assertThat(seen.standing()).isEqualTo(NOT_LOOKED_AT);
            }
        }
    }

    @Test
    @Tag("long")
    void of_several_that_are_missing_only_the_one_is_told_without_which_it_hangs() throws Exception {
        Files.writeString(folder.resolve(".env"), "FIRST=1\nSECOND=2\n");
        Files.writeString(
                folder.resolve("app.json"),
                "{\"env\": {\"FIRST\": {\"required\": true}, \"SECOND\": {\"required\": true}}}");
        write("exec node server.js", """
                if (process.env.FIRST) {
                  require('http').createServer((request, response) => response.end('ok')).listen(process.env.PORT);
                } else {
                  setInterval(() => {}, 1000);
                }
                """);
        try (Lab lab = lab()) {
            assertThat(new RequiredVariables(lab, Duration.ofSeconds(10)).look().seen())
                    .isEqualTo("it starts without SECOND; without FIRST it is neither ready nor at its end after 10 s");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 60, 10", "5, 60, 20", "15, 60, 30", "30, 60, 45", "50, 60, 60", "3, 5, 5"})
    void a_start_is_waited_for_as_long_as_one_that_lacks_nothing_may_take(int start, int startLimit, int patience) {
        assertThat(Factors.patience(Duration.ofSeconds(start), Duration.ofSeconds(startLimit)))
                .isEqualTo(Duration.ofSeconds(patience));
    }

    @ParameterizedTest
    @CsvSource({
        "app.log, true",
        "log/production.log, true",
        "/var/log/app/today, true",
        "access_log, true",
        "error.log.1, true",
        "server.log.2026-11-22.gz, true",
        "logs/20261122.log, true",
        "data/000003.log, false",
        "change-log.json, false",
        "audit_log.db, false",
        "log/log1.dat, false",
        "blog, false",
        "catalog/page, false"
    })
    void a_log_is_told_by_its_name_and_no_database_s_log_is_one(String path, boolean log) {
        assertThat(InstanceFiles.isLog(path)).isEqualTo(log);
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
        return observe(command, server, "POST /", "GET /");
    }

    private Seen observe(String command, String server, String... lines) throws Exception {
        write(command, server);
        Scenario scenario = StepLines.read(List.of(lines), folder, List.of());
        try (Lab lab = lab()) {
            Factors factors = new Factors(lab);
            try (Trial trial = lab.begin(Factors.plan(lines.length), scenario, Optional.empty(), 0)) {
                factors.noteStarts(List.of(trial.run()));
                factors.watch(trial);
            }
            factors.tryWithoutVariables();
            return new Seen(factors.observations().stream()
                    .collect(Collectors.toMap(Observation::factor, Function.identity())));
        }
    }

    private void write(String command, String server) throws IOException {
        Files.writeString(folder.resolve("Procfile"), "web: " + command + "\n");
        Files.writeString(folder.resolve("server.js"), server);
    }

    private Lab lab() {
        Application application = Application.read(folder, ApplicationOptions.of(System.getenv()));
        return Lab.open(LabSettings.of(application, ISOLATION));
    }
}
