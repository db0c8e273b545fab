package dev.coatcheck.prove.factor;

import java.util.Locale;

/**
 * What was seen of a factor.
 *
 * @param seen in words that can stand alone: files, seconds, names of variables and never their values
 */
public record Observation(Factor factor, Standing standing, String seen) {

    /** Whether a factor is kept. */
    public enum Standing {
        KEPT,
        NOT_KEPT,
        /** There was nothing to see, or nowhere to see it. */
        NOT_LOOKED_AT;

        /** As {@code report.json} has it: {@code not-kept}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Observation kept(Factor factor, String seen) {
        return new Observation(factor, Standing.KEPT, seen);
    }

    static Observation notKept(Factor factor, String seen) {
        return new Observation(factor, Standing.NOT_KEPT, seen);
    }

    static Observation notLookedAt(Factor factor, String why) {
        return new Observation(factor, Standing.NOT_LOOKED_AT, why);
    }

    public boolean isNotKept() {
        return standing == Standing.NOT_KEPT;
    }

    /** What two conversations show together: what one of them breaks is not kept. */
    Observation and(Observation other) {
        if (isNotKept() && other.isNotKept() && !seen.equals(other.seen)) {
            return new Observation(factor, standing, seen + "; " + other.seen);
        }
        boolean isOnlyBreak = other.isNotKept() && !isNotKept();
        boolean isOnlyLook = standing == Standing.NOT_LOOKED_AT && other.standing == Standing.KEPT;
        return isOnlyBreak || isOnlyLook ? other : this;
    }
}
