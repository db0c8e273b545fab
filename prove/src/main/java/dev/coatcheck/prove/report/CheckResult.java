package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Check;
import java.util.Collection;
import java.util.Locale;

/**
 * How one check went.
 *
 * @param name as {@code --checks} knows it: {@code spread}
 * @param outcome how it ended
 * @param why what was done and seen, in one sentence
 */
public record CheckResult(String name, Outcome outcome, String why) {
    public CheckResult {
        why = Hidden.in(why);
    }

    /** Whether these are all checks, and each was concluded: then what was not found is not there. */
    public static boolean areWhole(Collection<CheckResult> results) {
        return results.size() == Check.values().length
                && results.stream()
                        .map(CheckResult::outcome)
                        .allMatch(outcome -> outcome == Outcome.PASSED || outcome == Outcome.FAILED);
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
