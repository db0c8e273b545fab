package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Check;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How one check went.
 *
 * @param name as {@code --checks} knows it: {@code spread}
 * @param outcome how it ended
 * @param why what was done and seen, in one sentence
 * @param explained whether it failed for nothing but leaks that other checks have found
 */
public record CheckResult(String name, Outcome outcome, String why, boolean explained) {
    /** Why a check was skipped that something else has kept from being made. */
    public static final String NOT_REACHED = "the proof did not come to it";

    /** Why a check was skipped that leaves more behind than a proof may leave without being told to. */
    public static final String NOT_ASKED_FOR =
            "it repeats steps, and the attached backing services are not made clean between runs: give --reset COMMAND,"
                    + " or choose it (--checks again)";

    /** Why a check was skipped that kills processes. */
    public static final String NOT_KILLED = "the instances run elsewhere, and none of them is started, ended or killed";

    /** Begins to tell why a check was skipped that one process alone does not take. */
    public static final String NOT_MADE = "it could not be made: ";

    /** One that nothing else explains. */
    public CheckResult(String name, Outcome outcome, String why) {
        this(name, outcome, why, false);
    }

    public CheckResult {
        why = Hidden.in(why);
    }

    /**
     * Whether all checks that are about state are among these, and each was concluded or had nothing that it could be tried on:
     * then what was not found is not there.
     */
    public static boolean areWhole(Collection<CheckResult> results) {
        Set<String> concluded = results.stream()
                .filter(CheckResult::isConcluded)
                .map(CheckResult::name)
                .collect(Collectors.toSet());
        return Stream.of(Check.values())
                .filter(Check::isAboutState)
                .map(Check::label)
                .allMatch(concluded::contains);
    }

    /** Whether what it finds is a leak. */
    public boolean isAboutState() {
        return check().allMatch(Check::isAboutState);
    }

    /** What to do about it, where it failed and nothing else says it. */
    Optional<String> remedy() {
        return outcome == Outcome.FAILED
                ? check().flatMap(check -> check.remedy().stream()).findFirst()
                : Optional.empty();
    }

    /** What went wrong where it failed, in a sentence without its end. */
    String failure() {
        return check().flatMap(check -> check.failure().stream()).findFirst().orElse(why);
    }

    private Stream<Check> check() {
        return Stream.of(Check.values()).filter(check -> check.label().equals(name));
    }

    private boolean isConcluded() {
        return switch (outcome) {
            case PASSED, FAILED -> true;
            case INCONCLUSIVE -> false;
            case SKIPPED -> !Set.of(NOT_REACHED, NOT_ASKED_FOR, NOT_KILLED).contains(why) && !why.startsWith(NOT_MADE);
        };
    }

    /** How a check ends. */
    public enum Outcome {
        PASSED,
        FAILED,
        INCONCLUSIVE,
        SKIPPED;

        /** As {@code report.json} has it: {@code passed}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
