package dev.coatcheck.prove.check;

import java.util.OptionalInt;

/**
 * How a check went.
 *
 * @param why in words; empty where it passed and there is no more to say than that
 * @param explained the number of the step that broke, where it failed there and does not with what is known of earlier leaks
 *     allowed for; empty where it failed for something of its own
 */
public record CheckOutcome(Check check, Result result, String why, OptionalInt explained) {
    public CheckOutcome(Check check, Result result, String why) {
        this(check, result, why, OptionalInt.empty());
    }

    /** What became of it. */
    public enum Result {
        PASSED,
        FAILED,
        /** Something differed that could be neither confirmed nor explained away. */
        INCONCLUSIVE,
        /** There would have been something, and a single process does not take it. */
        NOT_MADE,
        /** There was nothing that it could be tried on. */
        SKIPPED
    }
}
