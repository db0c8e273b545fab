package dev.coatcheck.prove.scenario;

import java.util.Optional;
import java.util.regex.Matcher;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as it is written in a step, with variables in it: {@code {"album": {{album}}, "title": "{{run}}"}}. */
final class JsonSyntax {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What is wrong with it. The place is an offset into the text. */
    record Fault(int offset, String message) {}

    private JsonSyntax() {}

    /** The same text, of the same length, with a value of JSON's in the place of each variable. */
    static String masked(String text) {
        Matcher matcher = Template.VARIABLE.matcher(text);
        StringBuilder masked = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(masked, "1".repeat(matcher.group().length()));
        }
        return matcher.appendTail(masked).toString();
    }

    /** Empty where the text is JSON. */
    static Optional<Fault> check(String text) {
        try {
            JSON.readTree(masked(text));
            return Optional.empty();
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation();
            int offset = location == null ? 0 : Math.clamp(location.getCharOffset(), 0, text.length());
            return Optional.of(new Fault(offset, "this is not JSON: " + e.getOriginalMessage()));
        }
    }

    /** Where the object or list ends that begins at an offset; -1 where it is never closed. */
    static int end(String text, int start) {
        Matcher variable = Template.VARIABLE.matcher(text);
        int depth = 0;
        boolean inString = false;
        for (int i = start; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"' -> inString = !inString;
                case '\\' -> i += inString ? 1 : 0;
                case '{', '[' -> {
                    if (!inString && variable.region(i, text.length()).lookingAt()) {
                        i = variable.end() - 1;
                    } else {
                        depth += inString ? 0 : 1;
                    }
                }
                case '}', ']' -> {
                    depth -= inString ? 0 : 1;
                    if (depth == 0 && !inString) {
                        return i + 1;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }
}
