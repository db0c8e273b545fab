package dev.coatcheck.prove.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.report.FoundLeak;
import dev.coatcheck.prove.report.FoundLocation;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Each is proved once; with {@code -Dcorpus.times=10} all are proved ten times, one round after the other: two proofs of an
 * application with a TCP port of its own would be in each other's way.
 */
@Execution(ExecutionMode.CONCURRENT)
class CorpusTest {
    private static final Map<String, Object> ONE_AT_A_TIME = new ConcurrentHashMap<>();

    static Stream<Corpus> applications() {
        Pattern only = Pattern.compile(System.getProperty("corpus", ""));
        int times = Integer.getInteger("corpus.times", 1);
        List<Corpus> round = Corpus.all()
                .filter(corpus -> only.matcher(corpus.toString()).find())
                .toList();
        return Collections.nCopies(times, round).stream().flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("applications")
    void every_application_gets_the_verdict_that_is_right_for_it(Corpus corpus) throws Exception {
        JsonNode expected = corpus.expected();
        assumeTrue(
                SearchPath.ofThisJvm().find(corpus.program()).isPresent(),
                () -> corpus.program() + " is not installed");

        Report report;
        synchronized (ONE_AT_A_TIME.computeIfAbsent(corpus.toString(), name -> new Object())) {
            report = corpus.prove(Progress.silent());
        }

        String told = TerminalFace.text(report, Screen.plain());
        assertThat(report.verdict().name())
                .as(told)
                .isEqualToIgnoringCase(expected.get("verdict").stringValue());
        if (expected.has("reason")) {
            assertThat(report.reason().orElse(""))
                    .containsPattern(expected.get("reason").stringValue());
        }
        assertThat(report.leaks().stream().map(CorpusTest::words).toList())
                .as(told)
                .isEqualTo(leaks(expected).map(CorpusTest::words).toList());
        if (expected.has("note")) {
            assertThat(report.notes())
                    .as(told)
                    .anyMatch(
                            Pattern.compile(expected.get("note").stringValue()).asPredicate());
        }
        if (expected.has("noNote")) {
            assertThat(report.notes())
                    .as(told)
                    .noneMatch(Pattern.compile(expected.get("noNote").stringValue())
                            .asPredicate());
        }
        List<JsonNode> leaks = leaks(expected).toList();
        for (int i = 0; i < leaks.size(); i++) {
            if (leaks.get(i).path("location").isString()) {
                assertThat(report.leaks().get(i).locations()).as(told).anyMatch(matching(leaks.get(i)));
            }
            if (leaks.get(i).path("scope").isString()) {
                assertThat(report.leaks().get(i).scope().orElse(""))
                        .as(told)
                        .containsPattern(leaks.get(i).get("scope").stringValue());
            }
        }
        if (expected.at("/arguments/checks").isArray() && expected.path("leaks").isEmpty()) {
            // Where nothing leaks, all that fails was meant to.
            assertThat(report.failedBesideState())
                    .as(told)
                    .extracting(CheckResult::name)
                    .containsExactlyElementsOf(expected.path("checks")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList());
        }
        if (expected.has("advice")) {
            assertThat(report.advice())
                    .as(told)
                    .extracting(advised -> advised.factor().word())
                    .isEqualTo(expected.get("advice")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList());
        }
        expected.path("checks")
                .forEach(check -> assertThat(report.checks())
                        .filteredOn(CheckResult::outcome, CheckResult.Outcome.FAILED)
                        .as(told)
                        .extracting(CheckResult::name)
                        .contains(check.stringValue()));
    }

    private static Predicate<FoundLocation> matching(JsonNode leak) {
        Pattern path = Pattern.compile(leak.get("location").stringValue());
        String kind = leak.path("kind").asString("");
        return location -> location.kind().word().equals(kind)
                && path.matcher(location.path()).find();
    }

    private static Stream<JsonNode> leaks(JsonNode expected) {
        return expected.path("leaks").valueStream();
    }

    private static String words(JsonNode leak) {
        return leak.get("cause").stringValue() + " " + leak.path("polluter").asInt(0) + " "
                + leak.get("victim").asInt();
    }

    private static String words(FoundLeak leak) {
        return leak.cause().word() + " "
                + leak.polluter().map(step -> step.step()).orElse(0) + " "
                + leak.victim().step();
    }
}
