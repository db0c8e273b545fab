package dev.coatcheck.prove.report;

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
 * System.exit(report.verdict().exitStatus());
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
        Map<String, Duration> timeSpent) {

    public Report {
        reason = reason.map(Hidden::in);
        scenarios = List.copyOf(scenarios);
        checks = List.copyOf(checks);
        leaks = List.copyOf(leaks);
        runs = List.copyOf(runs);
        noise = noise.stream().map(Hidden::in).toList();
        notes = notes.stream().map(Hidden::in).toList();
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
