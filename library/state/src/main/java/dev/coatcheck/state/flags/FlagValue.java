package dev.coatcheck.state.flags;

/** What a flag can be. All values of one flag are of one type. */
public sealed interface FlagValue {

    /** On or off. */
    record Bool(boolean value) implements FlagValue {}

    /** A text, such as the name of a variant. */
    record Text(String value) implements FlagValue {}

    /** A whole number. */
    record Whole(long value) implements FlagValue {}

    /** A number; not infinite, and a number indeed. */
    record Real(double value) implements FlagValue {
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a flag is no such number: " + value);
            }
        }
    }

    static FlagValue of(boolean value) {
        return new Bool(value);
    }

    static FlagValue of(String value) {
        return new Text(value);
    }

    static FlagValue of(long value) {
        return new Whole(value);
    }

    static FlagValue of(double value) {
        return new Real(value);
    }
}
