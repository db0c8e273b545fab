package dev.coatcheck.prove.report;

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
