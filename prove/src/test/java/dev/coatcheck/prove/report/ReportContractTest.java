package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.prove.check.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code report.json} as other programs read it, and what a report may claim. */
class ReportContractTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void a_leak_is_told_field_by_field() {
        JsonNode report = json(Samples.ONE_LEAK);

        assertThat(report.get("format").asInt()).isEqualTo(1);
        assertThat(report.get("verdict").asString()).isEqualTo("stateful");
        assertThat(report.has("reason")).isFalse();
        assertThat(report.get("scenarios").get(0).get("name").asString()).isEqualTo("login");
        assertThat(report.get("scenarios").get(0).get("steps").asInt()).isEqualTo(2);
        assertThat(report.get("checks").get(0).toString())
                .isEqualTo("{\"name\":\"spread\",\"outcome\":\"failed\","
                        + "\"why\":\"step 2 missed what step 1 had left in another process\"}");
        assertThat(report.get("coverage").toString()).isEqualTo("{\"pairs\":1,\"separated\":1,\"kills\":2}");
        JsonNode leak = report.get("leaks").get(0);
        assertThat(leak.get("check").asString()).isEqualTo("spread");
        assertThat(leak.get("cause").asString()).isEqualTo("memory");
        assertThat(leak.get("polluter").toString())
                .isEqualTo("{\"scenario\":\"login\",\"step\":1,\"request\":\"POST /login\"}");
        assertThat(leak.get("victim").toString())
                .isEqualTo("{\"scenario\":\"login\",\"step\":2,\"request\":\"GET /me\"}");
        assertThat(leak.get("difference").asString()).isEqualTo("status 200 in the control, 401 in the fleet");
        JsonNode location = leak.get("locations").get(0);
        assertThat(location.get("kind").asString()).isEqualTo("heap");
        assertThat(location.get("instance").asString()).isEqualTo("web.1");
        assertThat(location.get("path").asString()).startsWith("com.acme.Login.sessions (static ConcurrentHashMap)");
        assertThat(leak.get("advice").asString()).isEqualTo(Cause.MEMORY.remedy());
        assertThat(leak.get("reproduce").asString()).startsWith("coatcheck prove ");
    }

    @ParameterizedTest
    @EnumSource
    void every_result_has_the_fields_that_stay_and_only_their_words(Samples sample) {
        JsonNode report = json(sample);

        assertThat(report.propertyNames()).contains("format", "verdict", "scenarios", "checks", "coverage", "leaks");
        assertThat(report.get("verdict").asString()).isIn("stateless", "stateful", "inconclusive");
        assertThat(report.has("reason"))
                .isEqualTo(report.get("verdict").asString().equals("inconclusive"));
        for (JsonNode check : report.get("checks")) {
            assertThat(check.get("outcome").asString()).isIn("passed", "failed", "inconclusive", "skipped");
        }
        for (JsonNode leak : report.get("leaks")) {
            assertThat(leak.propertyNames())
                    .contains("check", "cause", "polluter", "victim", "difference", "locations", "advice", "reproduce");
            for (JsonNode location : leak.get("locations")) {
                assertThat(location.get("kind").asString()).isIn("heap", "file", "memory", "backing-service");
            }
        }
    }

    @Test
    void a_leak_without_a_polluter_says_so_with_null() {
        assertThat(json(Samples.WITHOUT_POLLUTER)
                        .get("leaks")
                        .get(0)
                        .get("polluter")
                        .isNull())
                .isTrue();
    }

    @Test
    void the_causes_are_called_what_the_contract_calls_them() {
        assertThat(Stream.of(Cause.values()).map(Cause::word))
                .containsExactlyInAnyOrderElementsOf(Set.of(
                        "memory",
                        "local-file",
                        "cached-file",
                        "process-secret",
                        "stale-cache",
                        "counter",
                        "revocation",
                        "id-collision",
                        "socket-registry",
                        "lost-job",
                        "lost-write",
                        "unknown"));
    }

    @Test
    void exit_statuses_are_those_of_the_command_line() {
        assertThat(Verdict.STATELESS.exitStatus()).isZero();
        assertThat(Verdict.STATEFUL.exitStatus()).isEqualTo(1);
        assertThat(Verdict.INCONCLUSIVE.exitStatus()).isEqualTo(3);
    }

    @Test
    void what_split_nothing_is_never_stateless() {
        assertThatThrownBy(() -> report(Verdict.STATELESS, Optional.empty(), new CoverageSummary(6, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(report(Verdict.STATELESS, Optional.empty(), new CoverageSummary(6, 1, 0)))
                .isNotNull();
    }

    @Test
    void a_report_cannot_contradict_itself() {
        assertThatThrownBy(() -> report(Verdict.STATEFUL, Optional.empty(), new CoverageSummary(6, 6, 6)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> report(Verdict.INCONCLUSIVE, Optional.empty(), new CoverageSummary(6, 6, 6)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CoverageSummary(1, 2, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Report report(Verdict verdict, Optional<String> reason, CoverageSummary coverage) {
        return new Report(
                verdict,
                reason,
                List.of(),
                List.of(),
                coverage,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Subject("a", ".", Optional.empty(), "a", 3, Instant.EPOCH, Duration.ZERO, Map.of()),
                Map.of());
    }

    private static JsonNode json(Samples sample) {
        return JSON.readTree(JsonFace.text(sample.report()));
    }
}
