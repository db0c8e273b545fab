package dev.coatcheck.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.Coverage;
import dev.coatcheck.prove.check.Extended;
import dev.coatcheck.prove.check.Findings;
import dev.coatcheck.prove.check.Leak;
import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.factor.Factor;
import dev.coatcheck.prove.factor.Observation;
import dev.coatcheck.prove.factor.Observation.Standing;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.ScenarioSummary.StepSummary;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import dev.coatcheck.prove.report.Verdict;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.ScenarioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told of a proof, and what must not be left out of it. */
class ReportingTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Findings ALL_WELL =
            new Findings(List.of(new CheckOutcome(Check.SPREAD, CheckOutcome.Result.PASSED, "")), List.of(), List.of());

    @TempDir
    Path folder;

    private Baseline baseline = Baseline.none();

    private boolean strict;

    @Test
    void what_is_repeated_stays_in_services_that_are_not_made_clean_so_it_is_chosen_or_not_done() throws IOException {
        ProofSettings usual = ProofSettings.of(settings().site(), scenario());
        ProofSettings allNamed = settings(Check.byDefault().toArray(Check[]::new));

        assertThat(usual.checks()).isEqualTo(allNamed.checks());
        assertThat(usual.leftOut(true)).isEmpty();
        assertThat(usual.leftOut(false)).containsOnlyKeys(Check.AGAIN);
        assertThat(allNamed.leftOut(false)).isEmpty();
    }

    @Test
    void a_check_that_was_left_out_is_told_with_what_to_do_and_says_nothing_of_accepted_leaks() throws IOException {
        Reporting reporting = reporting(Check.AGAIN);
        reporting.inconclusive("there was nothing else to do");
        reporting.leaveOut(Check.AGAIN, CheckResult.NOT_ASKED_FOR);

        List<CheckResult> checks = reporting.report().checks();

        assertThat(checks).singleElement().satisfies(check -> {
            assertThat(check.outcome()).isEqualTo(CheckResult.Outcome.SKIPPED);
            assertThat(check.why()).contains("--reset", "--checks again");
        });
        List<CheckResult> all = Stream.concat(
                        Stream.of(Check.values())
                                .filter(check -> check != Check.AGAIN)
                                .map(check -> new CheckResult(check.label(), CheckResult.Outcome.PASSED, "")),
                        checks.stream())
                .toList();
        assertThat(CheckResult.areWhole(all)).isFalse();
    }

    @Test
    void a_check_that_could_not_be_made_of_one_scenario_has_not_passed_for_another() throws IOException {
        Reporting reporting = reporting(Check.AGREE);
        for (CheckOutcome.Result result : List.of(CheckOutcome.Result.PASSED, CheckOutcome.Result.NOT_MADE)) {
            CheckOutcome outcome = new CheckOutcome(Check.AGREE, result, "one process does not take it");
            reporting.add(
                    scenario(), new Findings(List.of(outcome), List.of(), List.of()), List.of(), new Coverage(1, 1, 0));
        }

        Report report = reporting.report();

        assertThat(report.verdict()).isEqualTo(Verdict.STATELESS);
        assertThat(report.checks()).singleElement().satisfies(check -> {
            assertThat(check.outcome()).isEqualTo(CheckResult.Outcome.SKIPPED);
            assertThat(check.why()).isEqualTo("it could not be made: one process does not take it");
        });
        List<CheckResult> all = Stream.of(Check.values())
                .map(check -> check == Check.AGREE
                        ? report.checks().getFirst()
                        : new CheckResult(check.label(), CheckResult.Outcome.PASSED, ""))
                .toList();
        assertThat(CheckResult.areWhole(all)).isFalse();
    }

    @Test
    void what_was_held_apart_less_well_is_told_once_however_many_runs_it_was_so_in() throws IOException {
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(
                scenario(),
                ALL_WELL,
                List.of(counting(run(List.of(), "/srv was shared")), counting(run(List.of(), "/srv was shared"))),
                new Coverage(1, 1, 0));

        assertThat(reporting.report().notes()).containsOnlyOnce("/srv was shared");
    }

    @Test
    void a_process_that_outlived_its_kill_is_told_and_does_not_count_as_killed() throws IOException {
        Run run = run(List.of(killed("web.1", 4711, false), killed("web.2", 4712, true)));
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), ALL_WELL, List.of(counting(run)), Coverage.of(2, List.of(run)));
        reporting.add(scenario(), ALL_WELL, List.of(), new Coverage(1, 1, 0));

        Report report = reporting.report();

        assertThat(report.notes()).anyMatch(note -> note.contains("web.1 (process 4711) was still there"));
        assertThat(report.coverage().kills()).isEqualTo(1);
        assertThat(report.runs().getFirst().kills())
                .singleElement()
                .satisfies(kill -> assertThat(kill.processId()).isEqualTo(4712));
    }

    @Test
    void what_could_not_be_cleaned_up_is_told() throws IOException {
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), ALL_WELL, List.of(), new Coverage(1, 1, 0));
        reporting.note(List.of("the disk of web.2 is still mounted"));

        assertThat(reporting.report().notes()).contains("the disk of web.2 is still mounted");
    }

    @Test
    void a_leak_does_not_hide_that_something_else_could_not_be_concluded() throws IOException {
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), leaking(), List.of(), new Coverage(1, 1, 0));
        reporting.inconclusive("the control fails: step 2 GET /basket");

        Report report = reporting.report();

        assertThat(report.verdict()).isEqualTo(Verdict.STATEFUL);
        assertThat(report.notes()).anyMatch(note -> note.contains("the control fails: step 2 GET /basket"));
    }

    @Test
    void a_check_that_the_proof_did_not_come_to_is_skipped_and_no_other_is_spoken_of() throws IOException {
        Reporting reporting = reporting(Check.SPREAD, Check.CRASH);
        reporting.inconclusive("web.1 ended before it was ready");

        assertThat(reporting.report().checks())
                .extracting(CheckResult::name, CheckResult::outcome)
                .containsExactly(
                        tuple("spread", CheckResult.Outcome.SKIPPED), tuple("crash", CheckResult.Outcome.SKIPPED));
    }

    @Test
    void what_separated_and_killed_nothing_is_inconclusive() throws IOException {
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), ALL_WELL, List.of(), new Coverage(1, 0, 0));

        Report report = reporting.report();

        assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(report.reason().orElseThrow()).contains("'login'").contains("nothing is proved");
    }

    @Test
    void steps_are_told_with_their_lines_in_the_file() throws IOException {
        Reporting reporting = reporting(Check.SPREAD);
        reporting.inconclusive("web.1 ended before it was ready");

        assertThat(reporting.report().scenarios().getFirst().steps())
                .containsExactly(
                        new StepSummary("POST /login", OptionalInt.of(3)),
                        new StepSummary("GET /me", OptionalInt.of(8)));
    }

    private Scenario scenario() throws IOException {
        Path file = folder.resolve("login.hurl");
        Files.writeString(file, """
                # Who logs in is known.

                POST {{BASE_URL}}/login
                {"name": "ann"}
                HTTP 201

                # user: bob
                GET {{BASE_URL}}/me
                HTTP 401
                """);
        return ScenarioFiles.read(List.of(file), Set.of()).getFirst();
    }

    private Reporting reporting(Check... checks) throws IOException {
        return new Reporting(settings(checks));
    }

    private ProofSettings settings(Check... checks) throws IOException {
        Files.writeString(folder.resolve("Procfile"), "web: node server.js\n");
        Application application = Application.read(folder, ApplicationOptions.of(Map.of()));
        return new ProofSettings(
                LabSettings.of(application, Isolation.probe()),
                List.of(new ProofSettings.Source(scenario(), Optional.of("login.hurl"))),
                3,
                Optional.of(Set.of(checks)).filter(chosen -> !chosen.isEmpty()),
                ProofSettings.LEASE,
                ProofSettings.HORIZON,
                "coatcheck prove --scenario login.hurl",
                ".",
                Map.of(),
                baseline,
                strict);
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneId.systemDefault());
    }

    private Baseline baseline(String scenario, String until) throws IOException {
        Path file = folder.resolve("accepted-leaks.json");
        Files.writeString(file, """
                { "format": 1, "accepted": [ { "scenario": "%s", "cause": "memory", "polluter": "POST /login",
                  "victim": "GET /me", "reason": "moves to Redis in March", "until": "%s" } ] }
                """.formatted(scenario, until));
        return Baseline.read(file);
    }

    @Test
    void a_leak_that_the_baseline_accepts_makes_no_proof_fail() throws IOException {
        baseline = baseline("login", today().plusDays(1).toString());
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), leaking(), List.of(), new Coverage(1, 1, 0));

        Report report = reporting.report();

        assertThat(report.verdict()).isEqualTo(Verdict.STATELESS);
        assertThat(report.open()).isEmpty();
        assertThat(report.accepted())
                .singleElement()
                .satisfies(leak ->
                        assertThat(leak.acceptance().orElseThrow().reason()).isEqualTo("moves to Redis in March"));
        assertThat(report.notes()).isEmpty();
    }

    @Test
    void what_was_accepted_until_yesterday_is_a_leak_again_and_says_so() throws IOException {
        baseline = baseline("login", today().minusDays(1).toString());
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), leaking(), List.of(), new Coverage(1, 1, 0));

        Report report = reporting.report();

        assertThat(report.verdict()).isEqualTo(Verdict.STATEFUL);
        assertThat(report.notes()).singleElement().asString().contains("which is over: memory: POST /login → GET /me");
    }

    @Test
    void what_else_was_found_makes_a_proof_fail_beside_what_is_accepted() throws IOException {
        baseline = baseline("another", today().plusDays(1).toString());
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), leaking(), List.of(), new Coverage(1, 1, 0));

        assertThat(reporting.report().verdict()).isEqualTo(Verdict.STATEFUL);
    }

    @Test
    void what_is_accepted_and_not_there_any_more_is_told_where_all_was_looked_at() throws IOException {
        baseline = baseline("login", today().plusDays(1).toString());
        Reporting some = reporting(Check.SPREAD);
        some.add(scenario(), ALL_WELL, List.of(), new Coverage(1, 1, 0));
        Reporting all = reporting(Check.values());
        all.add(
                scenario(),
                new Findings(
                        Stream.of(Check.values())
                                .map(check -> new CheckOutcome(check, CheckOutcome.Result.PASSED, ""))
                                .toList(),
                        List.of(),
                        List.of()),
                List.of(),
                new Coverage(1, 1, 0));

        assertThat(some.report().notes()).noneMatch(note -> note.contains("baseline"));
        assertThat(all.report().notes()).anyMatch(note -> note.contains("was not found any more"));
    }

    @Test
    void a_baseline_that_is_written_accepts_what_was_found_and_keeps_the_reasons_that_there_are() throws IOException {
        Path written = folder.resolve("written.json");
        Reporting reporting = reporting(Check.SPREAD);
        reporting.add(scenario(), leaking(), List.of(), new Coverage(1, 1, 0));
        LocalDate today = today();
        Report found = reporting.report();

        baseline("another", "2030-01-31").write(written, found, today);

        assertThat(Baseline.read(written).judge(found.leaks(), today))
                .allSatisfy(leak ->
                        assertThat(leak.acceptance().orElseThrow().until()).isEqualTo(today.plusDays(90)));
        assertThat(written).content().contains("moves to Redis in March", "2030-01-31", "say why it may stay");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"accepted": []}                     | expected "format": 1
                    {"format": 1, "accepted": [          | is not JSON
                    {"format": 1, "accepted": [{"cause": "memory", "until": "2027-01-31"}]} | entry 1: "scenario" is missing
                    {"format": 1, "accepted": [{"scenario": "a", "cause": "memories", "until": "x"}]} | there is no cause "memories"; there are memory
                    {"format": 1, "accepted": [{"scenario": "a", "cause": "memory", "victim": "b", "reason": "c", "until": "soon"}]} | not "soon"
                    """)
    void a_baseline_that_cannot_be_understood_says_where_and_what_is_expected(String text, String message)
            throws IOException {
        Path file = folder.resolve("accepted-leaks.json");
        Files.writeString(file, text);

        assertThatThrownBy(() -> Baseline.read(file))
                .isInstanceOf(InvalidBaselineException.class)
                .hasMessageContaining("accepted-leaks.json")
                .hasMessageContaining(message);
    }

    @Test
    void advice_counts_where_it_was_asked_to_and_never_in_the_verdict() throws IOException {
        Observation advice =
                new Observation(Factor.LOGS, Standing.NOT_KEPT, "it wrote to log/production.log (5 bytes)");
        Report mild = proved(Check.SPREAD, Check.FACTORS, List.of(advice));
        strict = true;
        Report counting = proved(Check.SPREAD, Check.FACTORS, List.of(advice));

        assertThat(List.of(mild, counting)).extracting(Report::verdict).containsOnly(Verdict.STATELESS);
        assertThat(mild.exitStatus()).isZero();
        assertThat(counting.exitStatus()).isEqualTo(1);
        assertThat(counting.failedBesideState())
                .singleElement()
                .satisfies(check -> assertThat(check.why()).isEqualTo("1 rule broken (logs; --strict)"));
        assertThat(mild.advice()).containsExactly(advice);
        assertThat(why(mild, "factors")).isEqualTo("1 recommendation (logs), without effect on the verdict");
    }

    @Test
    void of_rules_that_are_kept_those_are_named_that_nobody_looked_at() throws IOException {
        Observation kept = new Observation(Factor.LOGS, Standing.KEPT, "it wrote 3 lines");
        Observation unseen = new Observation(Factor.CONFIG, Standing.NOT_LOOKED_AT, "app.json requires no variable");

        assertThat(why(proved(Check.SPREAD, Check.FACTORS, List.of(kept)), "factors"))
                .isEqualTo("all rules are kept");
        assertThat(why(proved(Check.SPREAD, Check.FACTORS, List.of(kept, unseen)), "factors"))
                .isEqualTo("all rules that were looked at are kept; not looked at: config");
    }

    private static String why(Report report, String check) {
        return report.checks().stream()
                .filter(result -> result.name().equals(check))
                .findFirst()
                .orElseThrow()
                .why();
    }

    @Test
    void a_check_that_fails_for_a_known_leak_alone_names_that() throws IOException {
        Reporting reporting = reporting(Check.SPREAD, Check.AMNESIA);
        Findings leaking = leaking();
        CheckOutcome known =
                new CheckOutcome(Check.AMNESIA, CheckOutcome.Result.FAILED, "amnesia: step 2 broke", OptionalInt.of(2));
        reporting.add(
                scenario(),
                new Findings(List.of(leaking.checks().getFirst(), known), leaking.leaks(), leaking.notes()),
                List.of(),
                new Coverage(1, 1, 0));

        Report report = reporting.report();

        assertThat(why(report, "amnesia")).isEqualTo("step 2 broke, for the same reason as leak 1");
        assertThat(report.checks()).extracting(CheckResult::explained).containsExactly(false, true);
        assertThat(TerminalFace.text(report, new Screen(80, true, true)))
                .containsPattern("\\u001b\\[1;31mfailed\\u001b\\[0m +spread")
                .containsPattern("\\nfailed +amnesia");
    }

    @ParameterizedTest
    @CsvSource({
        "node server.js, true",
        "exec /usr/bin/python3.13 -m app, true",
        "PORT=80 NODE_ENV=production node_modules/../bin/node ., true",
        "java -jar shop.jar, false",
        "./start.sh, false",
        "npm start, false",
        "nodeshop, false"
    })
    void a_program_that_is_surely_not_in_java_gets_no_advice_for_java(String command, boolean surely) {
        assertThat(Reporting.isOutsideJava(command)).isEqualTo(surely);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_for_java_alone_is_not_told_to_others(Cause cause) {
        assertThat(cause.remedyOutsideJava())
                .doesNotContain("Java", "Coatcheck")
                .isNotBlank();
    }

    @Test
    void a_roll_that_failed_gives_exit_status_1_and_is_no_state() throws IOException {
        Reporting reporting = reporting(Check.SPREAD, Check.ROLL);
        reporting.add(scenario(), ALL_WELL, List.of(), new Coverage(1, 1, 0));
        reporting.add(new CheckOutcome(Check.ROLL, CheckOutcome.Result.FAILED, "2 of 80 requests failed"));

        Report report = reporting.report();

        assertThat(report.verdict()).isEqualTo(Verdict.STATELESS);
        assertThat(report.exitStatus()).isEqualTo(1);
        assertThat(TerminalFace.text(report, Screen.plain()))
                .startsWith("FAILED: roll – requests fail, or are answered in another way, while all")
                .containsPattern("failed +roll: 2 of 80 requests failed");
    }

    private Report proved(Check one, Check other, List<Observation> observations) throws IOException {
        Reporting reporting = reporting(one, other);
        reporting.add(scenario(), ALL_WELL, List.of(), new Coverage(1, 1, 0));
        reporting.add(observations);
        return reporting.report();
    }

    private static Findings leaking() {
        Difference difference = new Difference(2, Difference.Part.STATUS, "", Optional.of("200"), Optional.of("401"));
        Leak leak = new Leak(
                Check.SPREAD,
                Cause.MEMORY,
                OptionalInt.of(1),
                2,
                List.of(difference),
                Trace.none("it was not looked for"),
                List.of(),
                Optional.empty());
        return new Findings(
                List.of(new CheckOutcome(Check.SPREAD, CheckOutcome.Result.FAILED, "step 2 broke")),
                List.of(leak),
                List.of());
    }

    private static Run.Killed killed(String instance, long pid, boolean gone) {
        return new Run.Killed(instance, pid, 1, NOON, gone);
    }

    private static Run run(List<Run.Killed> kills, String... weaknesses) {
        return new Run(
                Plan.apart("amnesia", 2),
                List.of(),
                List.of(),
                kills,
                1,
                Optional.empty(),
                NOON,
                Duration.ZERO,
                List.of(weaknesses));
    }

    private LabStage.CheckedRun counting(Run run) throws IOException {
        return new LabStage.CheckedRun("spread", run, true, Extended.none(scenario()));
    }
}
