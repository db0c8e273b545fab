package dev.coatcheck.process.config;

import java.util.function.Function;

/**
 * How the text of a variable becomes a value.
 *
 * @param expected what is expected, for people: {@code a whole number}
 * @param example  a text that parses
 * @param secret   whether the text must never be shown
 * @param parser   throws an {@link IllegalArgumentException} whose message is read after "which", and holds nothing of the
 *     text itself
 */
record Format(String expected, String example, boolean secret, Function<String, Object> parser) {

    static Format of(String expected, String example, Function<String, Object> parser) {
        return new Format(expected, example, false, parser);
    }

    Object parse(String text) {
        return parser.apply(text);
    }

    Format within(Range range) {
        var bounds = "from " + range.min() + " to " + range.max();
        return new Format(expected + " " + bounds, Long.toString(range.min()), secret, text -> {
            var value = parser.apply(text);
            var number = ((Number) value).longValue();
            if (number < range.min() || number > range.max()) {
                throw new IllegalArgumentException("is not " + bounds);
            }
            return value;
        });
    }
}
