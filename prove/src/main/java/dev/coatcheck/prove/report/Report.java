package dev.coatcheck.prove.report;

import dev.coatcheck.prove.factor.Observation;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of one proof. Immutable. It holds no secrets: who makes it shortens values, and the records it consists of
 * hide what {@link Hidden} recognises, whoever made them.
 *
 * <p>A report cannot contradict itself: one that is {@link Verdict#STATEFUL} has a leak that no baseline accepts, one that is
 * {@link Verdict#STATELESS} has no such leak and has separated or killed something, and one that is {@link Verdict#INCONCLUSIVE}
 * says why.
 *
 * <pre>{@code
 * var report = new Report(Verdict.STATEFUL, Optional.empty(), scenarios, checks, coverage, leaks, runs, noise, notes,
 *         subject, timeSpent);
 * System.out.print(TerminalFace.text(report, Screen.plain()));
 * ReportFiles.write(folder, report);
 * System.exit(report.exitStatus());
 * }</pre>
 *
 * @param verdict what it comes to
 * @param reason why, where the verdict is inconclusive: what was seen, and what to do about it
 * @param scenarios what was played
 * @param checks what was checked, in the order it was done; also what was skipped
 * @param coverage how much the proof separated and killed
 * @param leaks what was found, the most important first, and what a baseline accepts after all else
 * @param runs what was done, in the order it was done: the evidence
 * @param noise what varied in the control itself and was therefore compared by its shape, in words
 * @param notes what is weaker than it could be, and why, in words
 * @param subject what was proved, with what
 * @param timeSpent wall time by phase, in the order of the phases
 * @param factors what was seen beside the state; empty where nobody looked
 */
public record Report(
        Verdict verdict,
        Optional<String> reason,
        List<ScenarioSummary> scenarios,
        List<CheckResult> checks,
        CoverageSummary coverage,
        List<FoundLeak> leaks,
        List<RunRecord> runs,
        List<String> noise,
        List<String> notes,
        Subject subject,
        Map<String, Duration> timeSpent,
        List<Observation> factors) {

    public Report {
        reason = reason.map(Hidden::in);
        scenarios = List.copyOf(scenarios);
        checks = List.copyOf(checks);
        leaks = List.copyOf(leaks);
        runs = List.copyOf(runs);
        noise = noise.stream().map(Hidden::in).toList();
        notes = notes.stream().map(Hidden::in).toList();
        factors = factors.stream()
                .map(each -> new Observation(each.factor(), each.standing(), Hidden.in(each.seen())))
                .toList();
        timeSpent = Collections.unmodifiableMap(new LinkedHashMap<>(timeSpent));
        boolean allAccepted = leaks.stream().allMatch(leak -> leak.acceptance().isPresent());
        switch (verdict) {
            case STATELESS -> {
                check(allAccepted, "a stateless report has no leaks but accepted ones");
                check(coverage.separated() > 0 || coverage.kills() > 0, "what split nothing has not proved anything");
            }
            case STATEFUL -> check(!allAccepted, "a stateful report has a leak that is not accepted");
            case INCONCLUSIVE -> check(reason.isPresent(), "an inconclusive report says why");
        }
    }

    /** One without anything that was seen beside the state. */
    public Report(
            Verdict verdict,
            Optional<String> reason,
            List<ScenarioSummary> scenarios,
            List<CheckResult> checks,
            CoverageSummary coverage,
            List<FoundLeak> leaks,
            List<RunRecord> runs,
            List<String> noise,
            List<String> notes,
            Subject subject,
            Map<String, Duration> timeSpent) {
        this(verdict, reason, scenarios, checks, coverage, leaks, runs, noise, notes, subject, timeSpent, List.of());
    }

    /**
     * The exit status of {@code coatcheck prove}: the verdict's, but 1 where a check that is not about state has failed and the
     * verdict alone would be content.
     */
    public int exitStatus() {
        return verdict == Verdict.STATELESS && !failedBesideState().isEmpty()
                ? Verdict.STATEFUL.exitStatus()
                : verdict.exitStatus();
    }

    /** The checks that have failed and found no state. */
    public List<CheckResult> failedBesideState() {
        return checks.stream()
                .filter(check -> check.outcome() == CheckResult.Outcome.FAILED && !check.isAboutState())
                .toList();
    }

    /** What there is to advise beside the state. */
    public List<Observation> advice() {
        return factors.stream().filter(Observation::isNotKept).toList();
    }

    /** The leaks that no baseline accepts. */
    public List<FoundLeak> open() {
        return leaks.stream().filter(leak -> leak.acceptance().isEmpty()).toList();
    }

    /** The leaks that a baseline accepts. */
    public List<FoundLeak> accepted() {
        return leaks.stream().filter(leak -> leak.acceptance().isPresent()).toList();
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
