package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.Coverage;
import dev.coatcheck.prove.check.Findings;
import dev.coatcheck.prove.check.Investigation;
import dev.coatcheck.prove.factor.Factors;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Site;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.scenario.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Proves an application stateless, or finds its state. Starts and kills dozens of its processes, one trial after another,
 * and ends them all. Takes about as long as the starts that it needs.
 *
 * {@snippet :
 * Report report = Proof.of(ProofSettings.of(lab, scenario), Progress.silent());
 * System.exit(report.exitStatus());
 * }
 */
public final class Proof {
    private Proof() {}

    /**
     * What it comes to; that nothing could be concluded is a result as well, and no exception.
     *
     * @throws InterruptedException as soon as the thread is interrupted; nothing is left running
     */
    public static Report of(ProofSettings settings, Progress progress) throws InterruptedException {
        Reporting reporting = new Reporting(settings);
        try (Site site = settings.site().open()) {
            Optional<Factors> factors = site instanceof Lab lab ? Optional.of(new Factors(lab)) : Optional.empty();
            try {
                for (ProofSettings.Source source : settings.scenarios()) {
                    if (source.recorded() && !site.isReset()) {
                        reporting.note(List.of(sameEachTime(source.scenario())));
                    }
                    prove(site, source.scenario(), settings, progress, factors, reporting);
                }
                if (factors.isPresent() && settings.checks().contains(Check.FACTORS)) {
                    long start = System.nanoTime();
                    factors.get().tryWithoutVariables();
                    reporting.add(factors.get().observations());
                    reporting.spent(Check.FACTORS.label(), start);
                }
            } finally {
                reporting.note(site.notes());
            }
        } catch (InconclusiveException e) {
            reporting.inconclusive(e.reason());
        }
        return reporting.report();
    }

    private static String sameEachTime(Scenario recorded) {
        return "the recording '" + recorded.name()
                + "' sends the same names in every run, and an attached backing service is"
                + " not made clean between them: where a name may be taken once alone, as an address that registers, later runs"
                + " are refused. Give --reset COMMAND, let the prover start the services (--with), or write the conversation"
                + " with {{run}} in its names";
    }

    private static void prove(
            Site site,
            Scenario scenario,
            ProofSettings settings,
            Progress progress,
            Optional<Factors> factors,
            Reporting reporting)
            throws InterruptedException {
        long start = System.nanoTime();
        ControlRuns control = ControlRuns.play(site, scenario, progress);
        reporting.spent("control", start);
        factors.ifPresent(watching -> watching.noteStarts(control.runs()));
        OnlyRedirects.check(control.runs().getFirst());
        reporting.add(scenario, control);
        LabStage stage = new LabStage(site, scenario, control.control(), settings.horizon(), progress);
        Investigation investigation = new Investigation(stage, scenario, settings.instances(), settings.lease());
        Map<Check, String> leftOut = settings.leftOut(site.isReset());
        Set<Check> checks = settings.checks().stream()
                .filter(check -> !leftOut.containsKey(check))
                .collect(Collectors.toSet());
        Findings findings = investigation.investigate(checks);
        List<CheckOutcome> changing = stage.changing(checks, settings.instances(), settings.lease(), findings.leaks());
        if (factors.isPresent() && checks.contains(Check.FACTORS)) {
            watch(stage, factors.get());
        }
        stage.times().forEach(reporting::spent);
        start = System.nanoTime();
        reporting.learned(scenario, control.control(), stage.control());
        if (findings.isClean() && site.isReset()) {
            reporting.note(vacuity(stage, scenario));
        }
        reporting.note(AmongProcesses.notes(stage, findings, control.answering()));
        reporting.spent("the rest", start);
        Coverage coverage = Coverage.of(
                scenario.steps().size(),
                stage.runs().stream()
                        .filter(LabStage.CheckedRun::counts)
                        .filter(checked -> !untried(findings).contains(checked.check()))
                        .map(checked -> checked.conversation().original(checked.run()))
                        .toList());
        reporting.add(scenario, findings, stage.runs(), coverage);
        changing.forEach(reporting::add);
        leftOut.forEach(reporting::leaveOut);
    }

    /** What cannot be watched is no reason to doubt what was proved. */
    private static void watch(LabStage stage, Factors factors) throws InterruptedException {
        stage.begin(Check.FACTORS);
        try {
            stage.watch(factors);
        } catch (InconclusiveException e) {
            factors.couldNot(e.reason());
        }
    }

    /** What could not be tried has separated nothing. */
    private static Set<String> untried(Findings findings) {
        return findings.checks().stream()
                .filter(outcome -> (outcome.check() == Check.AGAIN || outcome.check() == Check.SOCKETS)
                        && (outcome.result() == CheckOutcome.Result.INCONCLUSIVE
                                || outcome.result() == CheckOutcome.Result.SKIPPED))
                .map(outcome -> outcome.check().label())
                .collect(Collectors.toSet());
    }

    private static List<String> vacuity(LabStage stage, Scenario scenario) throws InterruptedException {
        try {
            return stage.hasStepThatNeedsAnother()
                    ? List.of()
                    : List.of("no step of the scenario '" + scenario.name()
                            + "' needs an earlier one: each was answered as in the control with none before it, so that"
                            + " splitting them shows little; add a request that needs what another one leaves");
        } catch (InconclusiveException e) {
            return List.of("whether any step of the scenario '" + scenario.name()
                    + "' needs an earlier one could not be tried: " + e.reason());
        }
    }
}
