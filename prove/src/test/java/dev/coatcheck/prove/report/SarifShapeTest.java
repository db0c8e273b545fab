package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code report.sarif} against the part of the schema of SARIF 2.1.0 that it makes use of: in that schema an object has no
 * other properties than those it names, so that a misspelt one is refused by whoever takes the file in.
 */
class SarifShapeTest {
    private static final Set<String> LEVELS = Set.of("none", "note", "warning", "error");

    /** Of each kind of object what it must have, and what else of the schema is used. */
    private record Kind(String name, Set<String> required, Set<String> optional) {
        static final Kind LOG = new Kind("log", Set.of("version", "runs"), Set.of("$schema"));
        static final Kind RUN = new Kind("run", Set.of("tool"), Set.of("invocations", "results", "columnKind"));
        static final Kind TOOL = new Kind("tool", Set.of("driver"), Set.of());
        static final Kind DRIVER = new Kind("driver", Set.of("name"), Set.of("version", "rules"));
        static final Kind RULE = new Kind(
                "rule",
                Set.of("id"),
                Set.of("name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"));
        static final Kind TEXTS = new Kind("texts", Set.of("text"), Set.of("markdown"));
        static final Kind INVOCATION = new Kind(
                "invocation",
                Set.of("executionSuccessful"),
                Set.of("exitCode", "startTimeUtc", "endTimeUtc", "toolExecutionNotifications"));
        static final Kind NOTIFICATION = new Kind("notification", Set.of("message"), Set.of("level"));
        static final Kind RESULT = new Kind(
                "result",
                Set.of("message"),
                Set.of("ruleId", "level", "locations", "partialFingerprints", "suppressions"));
        static final Kind SUPPRESSION = new Kind("suppression", Set.of("kind"), Set.of("status", "justification"));
        static final Kind LOCATION = new Kind("location", Set.of(), Set.of("physicalLocation", "logicalLocations"));
        static final Kind PHYSICAL = new Kind("physical", Set.of("artifactLocation"), Set.of("region"));
        static final Kind ARTIFACT = new Kind("artifact", Set.of(), Set.of("uri"));
        static final Kind REGION = new Kind("region", Set.of(), Set.of("startLine"));
        static final Kind LOGICAL = new Kind("logical", Set.of(), Set.of("fullyQualifiedName", "kind"));

        JsonNode check(JsonNode node) {
            assertThat(node.isObject()).as("%s: %s", name, node).isTrue();
            assertThat(node.propertyNames()).as(name).containsAll(required);
            assertThat(node.propertyNames())
                    .as(name)
                    .allMatch(property -> required.contains(property) || optional.contains(property));
            return node;
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_object_has_what_the_schema_demands_and_nothing_that_it_does_not_know(Samples sample) {
        JsonNode log = Kind.LOG.check(JsonMapper.shared().readTree(SarifFace.text(sample.report())));
        assertThat(log.get("version").stringValue()).isEqualTo("2.1.0");
        assertThat(log.get("runs")).singleElement().satisfies(SarifShapeTest::run);
    }

    private static void run(JsonNode node) {
        JsonNode run = Kind.RUN.check(node);
        assertThat(run.get("columnKind").stringValue()).isIn("utf16CodeUnits", "unicodeCodePoints");
        JsonNode driver = Kind.DRIVER.check(Kind.TOOL.check(run.get("tool")).get("driver"));
        driver.get("rules").forEach(SarifShapeTest::rule);
        assertThat(driver.get("rules")).doesNotHaveDuplicates();
        run.get("invocations").forEach(SarifShapeTest::invocation);
        run.get("results").forEach(SarifShapeTest::result);
    }

    private static void rule(JsonNode node) {
        JsonNode rule = Kind.RULE.check(node);
        for (String texts : Set.of("shortDescription", "fullDescription", "help")) {
            Kind.TEXTS.check(rule.get(texts));
        }
        assertThat(rule.at("/defaultConfiguration/level").stringValue()).isIn(LEVELS);
        assertThat(rule.at("/properties/tags")).doesNotHaveDuplicates().allMatch(JsonNode::isString);
    }

    private static void invocation(JsonNode node) {
        JsonNode invocation = Kind.INVOCATION.check(node);
        assertThat(invocation.get("executionSuccessful").isBoolean()).isTrue();
        assertThat(invocation.get("exitCode").isInt()).isTrue();
        assertThat(Instant.parse(invocation.get("startTimeUtc").stringValue()))
                .isBeforeOrEqualTo(Instant.parse(invocation.get("endTimeUtc").stringValue()));
        for (JsonNode notification : invocation.path("toolExecutionNotifications")) {
            Kind.TEXTS.check(Kind.NOTIFICATION.check(notification).get("message"));
            assertThat(notification.get("level").stringValue()).isIn(LEVELS);
        }
    }

    private static void result(JsonNode node) {
        JsonNode result = Kind.RESULT.check(node);
        Kind.TEXTS.check(result.get("message"));
        assertThat(result.get("level").stringValue()).isIn(LEVELS);
        for (Map.Entry<String, JsonNode> print :
                result.get("partialFingerprints").properties()) {
            assertThat(print.getValue().isString()).isTrue();
        }
        for (JsonNode suppression : result.path("suppressions")) {
            assertThat(Kind.SUPPRESSION.check(suppression).get("kind").stringValue())
                    .isEqualTo("external");
        }
        for (JsonNode location : result.get("locations")) {
            JsonNode physical =
                    Kind.PHYSICAL.check(Kind.LOCATION.check(location).get("physicalLocation"));
            URI.create(Kind.ARTIFACT
                    .check(physical.get("artifactLocation"))
                    .get("uri")
                    .stringValue());
            assertThat(Kind.REGION
                            .check(physical.get("region"))
                            .get("startLine")
                            .intValue())
                    .isPositive();
            location.path("logicalLocations").forEach(Kind.LOGICAL::check);
        }
    }
}
