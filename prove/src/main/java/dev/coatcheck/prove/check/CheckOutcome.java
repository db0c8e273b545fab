package dev.coatcheck.prove.check;

/**
 * How a check went.
 *
 * @param why in words; empty where it passed and there is no more to say than that
 */
public record CheckOutcome(Check check, Result result, String why) {

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
