package dev.coatcheck.prove.check;

import java.util.List;

/**
 * What came of one scenario.
 *
 * @param leaks in the order in which they were found
 * @param notes what a reader should know about how far this goes
 */
public record Findings(List<CheckOutcome> checks, List<Leak> leaks, List<String> notes) {
    public Findings {
        checks = List.copyOf(checks);
        leaks = List.copyOf(leaks);
        notes = List.copyOf(notes);
    }

    /** Whether nothing speaks against the application, and nothing is in doubt. */
    public boolean isClean() {
        return leaks.isEmpty()
                && checks.stream().map(CheckOutcome::result).noneMatch(CheckOutcome.Result.INCONCLUSIVE::equals);
    }
}
