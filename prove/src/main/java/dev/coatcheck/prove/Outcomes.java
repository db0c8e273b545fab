package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.factor.Observation;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.report.FoundLeak;
import dev.coatcheck.prove.report.StepRef;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What came of each check; of several scenarios the worst counts. */
final class Outcomes {
    private final Map<String, Checked> checks = new LinkedHashMap<>();

    /**
     * Adds what came of a check with one scenario.
     *
     * @param explained the step that broke for nothing but what other checks have found
     * @return that alone, as a report tells it
     */
    CheckResult add(CheckOutcome outcome, Optional<StepRef> explained) {
        CheckResult.Outcome result =
                switch (outcome.result()) {
                    case PASSED -> CheckResult.Outcome.PASSED;
                    case FAILED -> CheckResult.Outcome.FAILED;
                    case INCONCLUSIVE -> CheckResult.Outcome.INCONCLUSIVE;
                    case SKIPPED, NOT_MADE -> CheckResult.Outcome.SKIPPED;
                };
        String label = outcome.check().label();
        // It begins with the name of a run, which mostly is the check's own.
        String why = outcome.why().isEmpty()
                ? outcome.check().done()
                : outcome.why().replaceFirst("^" + label + "( [0-9]+ of [0-9]+)?:? ", "");
        String begin = outcome.result() == CheckOutcome.Result.NOT_MADE ? CheckResult.NOT_MADE : "";
        Checked checked = new Checked(new CheckResult(label, result, begin + why), explained);
        checks.merge(label, checked, (one, other) -> other.severity() > one.severity() ? other : one);
        return checked.result();
    }

    /** Tells that a check was not made, and why. */
    void leaveOut(Check check, String why) {
        checks.put(check.label(), skipped(check, why));
    }

    /**
     * All of them, in the order in which they were added.
     *
     * @param asked what was to be checked; of what is missing it is said that the proof did not come to it
     * @param leaks as the report numbers them
     */
    List<CheckResult> results(Collection<Check> asked, List<FoundLeak> leaks) {
        asked.forEach(check -> checks.putIfAbsent(check.label(), skipped(check, CheckResult.NOT_REACHED)));
        return checks.values().stream().map(check -> check.among(leaks)).toList();
    }

    private static Checked skipped(Check check, String why) {
        return new Checked(new CheckResult(check.label(), CheckResult.Outcome.SKIPPED, why), Optional.empty());
    }

    /** What the observations come to: what of the factors is not kept counts where that was asked for. */
    static CheckOutcome ofFactors(List<Observation> observations, boolean strict) {
        List<String> advised = observations.stream()
                .filter(Observation::isNotKept)
                .map(observation -> observation.factor().word())
                .toList();
        return new CheckOutcome(
                Check.FACTORS,
                strict && !advised.isEmpty() ? CheckOutcome.Result.FAILED : CheckOutcome.Result.PASSED,
                advised.isEmpty() ? kept(observations) : broken(advised, strict));
    }

    private static String kept(List<Observation> observations) {
        List<String> unseen = observations.stream()
                .filter(each -> each.standing() == Observation.Standing.NOT_LOOKED_AT)
                .map(each -> each.factor().word())
                .toList();
        return unseen.isEmpty()
                ? "all rules are kept"
                : "all rules that were looked at are kept; not looked at: " + String.join(", ", unseen);
    }

    private static String broken(List<String> advised, boolean strict) {
        String what = strict ? " rule" : " recommendation";
        return advised.size()
                + what
                + (advised.size() == 1 ? "" : "s")
                + (strict ? " broken (" : " (")
                + String.join(", ", advised)
                + (strict ? "; --strict)" : "), without effect on the verdict");
    }

    /**
     * A check as far as it is known while there may be more scenarios.
     *
     * @param explained the step that broke for what other checks have found
     */
    private record Checked(CheckResult result, Optional<StepRef> explained) {
        private int severity() {
            return switch (result.outcome()) {
                case SKIPPED -> result.why().startsWith(CheckResult.NOT_MADE) ? 2 : 0;
                case PASSED -> 1;
                case INCONCLUSIVE -> 3;
                case FAILED -> explained.isPresent() ? 4 : 5;
            };
        }

        /** With the number of the leak that explains it, where there is one. */
        CheckResult among(List<FoundLeak> leaks) {
            return explained
                    .map(step -> new CheckResult(
                            result.name(), result.outcome(), result.why() + ", " + reason(step, leaks), true))
                    .orElse(result);
        }

        private String reason(StepRef step, List<FoundLeak> leaks) {
            List<FoundLeak> earlier = leaks.stream()
                    .filter(leak -> leak.victim().scenario().equals(step.scenario())
                            && !leak.check().equals(result.name()))
                    .toList();
            List<FoundLeak> ofStep = earlier.stream()
                    .filter(leak -> earlier.size() == 1 || leak.victim().equals(step))
                    .toList();
            if (ofStep.size() != 1) {
                return "and does not where the leaks that other checks have found are allowed for";
            }
            FoundLeak leak = ofStep.getFirst();
            return leak.acceptance().isPresent()
                    ? "for the same reason as a leak that the baseline accepts"
                    : "for the same reason as leak " + (leaks.indexOf(leak) + 1);
        }
    }
}
