package dev.coatcheck.process.config;

import java.util.stream.Stream;

/**
 * A component that reads one variable.
 *
 * @param name        of the variable
 * @param description what it is for, or the empty text
 * @param example     a text that parses
 */
record Setting(String name, Format format, WhenUnset whenUnset, String description, String example) implements Part {

    /** The variable that may name a file with the value. */
    String fileName() {
        return name + "_FILE";
    }

    @Override
    public Stream<Setting> settings() {
        return Stream.of(this);
    }

    /** What happens where the variable is not set. */
    sealed interface WhenUnset {
        /** It is a problem. */
        record Refuse() implements WhenUnset {}

        /** The component, an {@code Optional}, is empty. */
        record Empty() implements WhenUnset {}

        /** The text is read in its place. */
        record Fallback(String text, Object value) implements WhenUnset {}
    }
}
