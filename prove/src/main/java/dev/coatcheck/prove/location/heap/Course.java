package dev.coatcheck.prove.location.heap;

import java.util.OptionalDouble;

/**
 * What a place has to hold in three dumps, if it is the one that the answers tell of: before a step, after it, and in another
 * process that never had the step. A truth value is 1 or 0.
 *
 * @param before empty where it may be anything else than afterwards, or not there
 * @param elsewhere likewise
 * @param truth whether it is a truth value, and no number
 */
public record Course(OptionalDouble before, double after, OptionalDouble elsewhere, boolean truth) {
    /** A number that is told in all three. */
    public static Course of(double before, double after, double elsewhere) {
        return new Course(OptionalDouble.of(before), after, OptionalDouble.of(elsewhere), false);
    }

    /** A truth value, which is the same elsewhere as it was before. */
    public static Course ofTruth(boolean after) {
        OptionalDouble other = OptionalDouble.of(after ? 0 : 1);
        return new Course(other, after ? 1 : 0, other, true);
    }

    /** A number that only who had the step has. */
    public static Course to(double after) {
        return new Course(OptionalDouble.empty(), after, OptionalDouble.empty(), false);
    }

    /** Whether it tells what was there before. */
    boolean isWhole() {
        return before.isPresent();
    }

    /** Whether what was seen is that; empty for a place that was not there. */
    boolean fits(double after, boolean truth, OptionalDouble before, OptionalDouble elsewhere) {
        return this.after == after
                && this.truth == truth
                && fits(this.before, before)
                && fits(this.elsewhere, elsewhere);
    }

    private boolean fits(OptionalDouble told, OptionalDouble seen) {
        return told.isPresent() ? seen.orElse(0) == told.getAsDouble() : seen.isEmpty() || seen.getAsDouble() != after;
    }
}
