package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.factor.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report as a whole in sentences, the same ones in every face. */
final class Summary {
    /** What an inconclusive verdict means. */
    static final String INCONCLUSIVE =
            "This is neither a pass nor a failure. Mend what stands above, then run the same command again; \"When it is"
                    + " inconclusive\" in docs/prove.md says what helps.";

    /** Of what takes less nobody asks where the time went. */
    private static final Duration WORTH_TELLING = Duration.ofMillis(100);

    private final Report report;

    Summary(Report report) {
        this.report = report;
    }

    /** What it comes to. */
    String headline() {
        String application = report.subject().application();
        return switch (report.verdict()) {
            case STATELESS ->
                application + " keeps no state in its processes" + butAccepted() + ", as far as " + reach() + "."
                        + butFailed();
            case STATEFUL ->
                application + " breaks when it runs as more than one process: "
                        + count(report.open().size(), "leak") + alsoAccepted() + ".";
            case INCONCLUSIVE -> "nothing can be said about " + application + " yet.";
        };
    }

    private String butAccepted() {
        int accepted = report.accepted().size();
        return accepted == 0 ? "" : " but for " + count(accepted, "leak") + " that the baseline accepts";
    }

    private String butFailed() {
        return report.failedBesideState().isEmpty()
                ? ""
                : " It failed all the same: "
                        + report.failedBesideState().stream()
                                .map(CheckResult::name)
                                .collect(Collectors.joining(", ")) + ".";
    }

    private String alsoAccepted() {
        int accepted = report.accepted().size();
        return accepted == 0 ? "" : ", beside " + accepted + " that the baseline accepts";
    }

    /** What bounds a stateless verdict, with its verb. */
    private String reach() {
        boolean many = report.scenarios().size() > 1;
        List<String> asked = report.checks().stream()
                .filter(check -> check.outcome() == CheckResult.Outcome.PASSED
                        || check.outcome() == CheckResult.Outcome.FAILED) // by what is accepted
                .filter(CheckResult::isAboutState)
                .map(CheckResult::name)
                .toList();
        if (notAskedFor().stream().noneMatch(Check::isAboutState)) {
            return many ? "these scenarios go" : "this scenario goes";
        }
        return (many ? "these scenarios and " : "this scenario and ") + String.join(", ", asked) + " go";
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
        return coverage.separated() + " of " + count(coverage.pairs(), "pair") + " of steps "
                + (coverage.separated() == 1 ? "was" : "were") + " served by different processes, "
                + count(coverage.kills(), "process") + " " + (coverage.kills() == 1 ? "was" : "were") + " killed.";
    }

    /** How much was done: {@code 3 instances, 21 runs of 4 steps, 12 s}. */
    String effort() {
        int steps = report.scenarios().stream()
                .mapToInt(scenario -> scenario.steps().size())
                .sum();
        return count(report.subject().instances(), "instance") + ", "
                + count(report.scenarios().size(), "scenario")
                + " with " + count(steps, "step") + ", " + count(report.runs().size(), "run") + ", "
                + time(report.subject().took());
    }

    /** How long each phase took that took long, the control and the checks: {@code control 3.1 s, spread 4.0 s}; may be empty. */
    String times() {
        return report.timeSpent().entrySet().stream()
                .filter(phase -> phase.getValue().compareTo(WORTH_TELLING) >= 0)
                .map(phase -> phase.getKey() + " " + time(phase.getValue()))
                .collect(Collectors.joining(", "));
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
        List<String> unseen = report.factors().stream()
                .filter(each -> each.standing() == Observation.Standing.NOT_LOOKED_AT)
                .map(each -> each.factor().word())
                .toList();
        if (!unseen.isEmpty()) {
            open.add("Of the factors, which --report DIR tells of, not looked at: " + String.join(", ", unseen) + ".");
        }
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
                ? "Advice, which counts here (--strict):"
                : "Advice, which the verdict does not depend on:";
    }

    /** What was seen of a factor that is not kept, and what to do. */
    static String advised(Observation observation) {
        return observation.factor().word() + ": " + observation.seen() + ". "
                + observation.factor().remedy();
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
