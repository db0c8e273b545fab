package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.factor.Factor;
import dev.coatcheck.prove.factor.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report as a whole in sentences, the same ones in every face. */
final class Summary {
    /** What an inconclusive verdict means. */
    static final String INCONCLUSIVE =
            "This is neither a pass nor a failure. Mend what stands above, then run the same command again; \"When it is"
                    + " inconclusive\" in docs/prove.md says what helps.";

    private final Report report;

    Summary(Report report) {
        this.report = report;
    }

    /** Whether it has failed though no state was found. */
    boolean isFailedBesideState() {
        return report.verdict() == Verdict.STATELESS
                && !report.failedBesideState().isEmpty();
    }

    /** What stands before the headline: the verdict, which speaks of state alone, or that it failed all the same. */
    String word() {
        return isFailedBesideState() ? "FAILED" : report.verdict().name();
    }

    /** What it comes to. */
    String headline() {
        String application = "The application \"" + report.subject().application() + "\"";
        return switch (report.verdict()) {
            case STATELESS ->
                isFailedBesideState()
                        ? failures() + " " + application + " keeps no state in its processes" + butAccepted() + ", "
                                + reach() + "."
                        : application + " keeps no state in its processes" + butAccepted() + ", " + reach() + ".";
            case STATEFUL ->
                application + " breaks when it runs as more than one process: "
                        + count(report.open().size(), "leak") + alsoAccepted() + "."
                        + (report.failedBesideState().isEmpty() ? "" : " Beside its state: " + failures());
            case INCONCLUSIVE -> "nothing can be said about " + report.subject().application() + " yet.";
        };
    }

    /** Each in a sentence; what exactly was seen stands with the checks. */
    private String failures() {
        return report.failedBesideState().stream()
                .map(check -> check.name() + " – " + check.failure() + ".")
                .collect(Collectors.joining(" "));
    }

    private String butAccepted() {
        int accepted = report.accepted().size();
        return accepted == 0 ? "" : " but for " + count(accepted, "leak") + " that the baseline accepts";
    }

    private String alsoAccepted() {
        int accepted = report.accepted().size();
        return accepted == 0 ? "" : ", beside " + accepted + " that the baseline accepts";
    }

    /** What bounds a stateless verdict. */
    private String reach() {
        String scenario = report.scenarios().size() > 1 ? "these scenarios go" : "this scenario goes";
        List<String> asked = report.checks().stream()
                .filter(check -> check.outcome() == CheckResult.Outcome.PASSED
                        || check.outcome() == CheckResult.Outcome.FAILED) // by what is accepted
                .filter(CheckResult::isAboutState)
                .map(CheckResult::name)
                .toList();
        long all = Stream.of(Check.values()).filter(Check::isAboutState).count();
        return "as far as " + scenario
                + (notAskedFor().stream().noneMatch(Check::isAboutState)
                        ? ""
                        : ", in " + asked.size() + " of " + all + " checks of state (" + String.join(", ", asked)
                                + ")");
    }

    /** Those that {@code --checks} left out. */
    private List<Check> notAskedFor() {
        Set<String> done = report.checks().stream().map(CheckResult::name).collect(Collectors.toSet());
        return Stream.of(Check.values())
                .filter(check -> !done.contains(check.label()))
                .toList();
    }

    /** What was separated and killed. */
    String coverage() {
        CoverageSummary coverage = report.coverage();
        String separated = coverage.separated() == coverage.pairs() && coverage.pairs() > 1
                ? "All " + coverage.pairs() + " pairs of steps were"
                : coverage.separated() + " of " + count(coverage.pairs(), "pair") + " of steps "
                        + (coverage.separated() == 1 ? "was" : "were");
        return separated + " served by different processes"
                + (coverage.kills() == 0
                        ? "."
                        : "; " + count(coverage.kills(), "process") + " " + (coverage.kills() == 1 ? "was" : "were")
                                + " killed.");
    }

    /** How much was done: {@code 3 instances, 4 steps, 21 runs, 12.0 s}. */
    String effort() {
        int steps = report.scenarios().stream()
                .mapToInt(scenario -> scenario.steps().size())
                .sum();
        int scenarios = report.scenarios().size();
        return count(report.subject().instances(), "instance") + ", "
                + (scenarios > 1 ? count(scenarios, "scenario") + " with " : "")
                + count(steps, "step") + ", " + count(report.runs().size(), "run") + ", "
                + time(report.subject().took());
    }

    /** The phase that took longest, where there was another one: {@code longest: again 19.3 s}. */
    Optional<String> longest() {
        return report.timeSpent().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(_ -> report.timeSpent().size() > 1)
                .map(phase -> "longest: " + phase.getKey() + " " + time(phase.getValue()));
    }

    /** The names of the checks that ended so, as {@code spread, amnesia}. */
    String named(CheckResult.Outcome outcome) {
        return report.checks().stream()
                .filter(check -> check.outcome() == outcome)
                .map(CheckResult::name)
                .collect(Collectors.joining(", "));
    }

    /** How much the checks that were asked for beside the state have met: that they have passed says little without. */
    List<String> passedBesideState() {
        return report.checks().stream()
                .filter(check -> check.outcome() == CheckResult.Outcome.PASSED && !check.isAboutState())
                .filter(check -> !check.name().equals(Check.FACTORS.label()))
                .map(check -> check.name() + ": " + check.why())
                .toList();
    }

    /** What a stateless verdict leaves open; never empty. */
    List<String> notProved() {
        List<String> open = new ArrayList<>();
        open.add("Requests that the scenario does not make.");
        CoverageSummary coverage = report.coverage();
        if (coverage.separated() < coverage.pairs()) {
            open.add(count(coverage.pairs() - coverage.separated(), "pair") + " of steps that no run separated.");
        }
        report.checks().stream()
                .filter(check -> check.outcome() == CheckResult.Outcome.SKIPPED
                        || check.outcome() == CheckResult.Outcome.INCONCLUSIVE)
                .map(check -> check.name() + " (" + check.outcome().word() + "): " + check.why())
                .forEach(open::add);
        report.factors().stream()
                .filter(each -> each.standing() == Observation.Standing.NOT_LOOKED_AT)
                .map(each -> "factor " + each.factor().word() + " (not looked at): " + each.seen())
                .forEach(open::add);
        notAskedFor().stream()
                .filter(Check.byDefault()::contains)
                .map(check -> check.label() + " (not asked for): that " + check.claim())
                .forEach(open::add);
        return open;
    }

    /** What failed beside the state, and what to do about it, each in a sentence or two. */
    List<String> remedies() {
        return report.failedBesideState().stream()
                .flatMap(check -> check.remedy().map(remedy -> check.name() + ": " + remedy).stream())
                .toList();
    }

    /** Whether advice counts is seen in what it has come to. */
    String advice() {
        return report.failedBesideState().stream()
                        .anyMatch(check -> check.name().equals(Check.FACTORS.label()))
                ? "Rules that are broken (twelve-factor), which count here (--strict):"
                : "Other good practice (twelve-factor), which the verdict does not depend on:";
    }

    /** What was seen of a factor that is not kept, and what to do. */
    static String advised(Observation observation) {
        return observation.factor().word() + ": " + observation.seen() + ". "
                + observation.factor().remedy();
    }

    /** The same, where the leaks stand beside it: what they say of a file is not said twice. */
    String advisedBesideLeaks(Observation observation) {
        List<FoundLeak> leaks = report.open();
        return leaks.stream()
                .filter(leak -> observation.factor() == Factor.OWN_FOLDER && isInOwnFolder(leak))
                .findFirst()
                .map(leak -> observation.factor().word() + ": " + observation.seen()
                        + ". For what later requests need see leak " + (leaks.indexOf(leak) + 1)
                        + "; the rest belongs into the folder of TMPDIR.")
                .orElseGet(() -> advised(observation));
    }

    /** A path that is relative is one in the application's folder. */
    private static boolean isInOwnFolder(FoundLeak leak) {
        return leak.cause() == Cause.LOCAL_FILE
                && leak.locations().stream()
                        .anyMatch(place -> place.kind() == FoundLocation.Kind.FILE
                                && !place.path().startsWith("/"));
    }

    static String count(int number, String noun) {
        String many = noun.endsWith("s") ? noun + "es" : noun + "s";
        return number + " " + (number == 1 ? noun : many);
    }

    /** A duration for people: {@code 840 ms}, {@code 12.4 s}, {@code 3 min 20 s}. */
    static String time(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000 && millis > -1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
}
