package dev.coatcheck.state.flags;

/** What a flag is for somebody, and why. */
public record Evaluation(FlagValue value, Reason reason) {

    /** Why a flag is what it is. */
    public enum Reason {
        /** No rule had a value. */
        OTHERWISE,
        /** A rule has this value for all whom it is for. */
        RULE,
        /** A rule has this value for the share that this key is in. */
        SHARE
    }
}
