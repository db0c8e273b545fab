package dev.coatcheck.prove.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A place in a text that moves forward, and knows its line and column when something is wrong. A line ends with {@code \n}
 * or {@code \r\n}.
 */
public final class Cursor {
    private final String text;
    private final Variables variables;
    private final Place start;
    /** Where the lines begin, so that a place is found at once even in a long text. */
    private final int[] lineStarts;

    private int offset;

    public Cursor(String source, String text, Variables variables) {
        this(new Place(source, 1, 1), text, variables);
    }

    /** In a piece of a text that begins at a place of it. */
    public Cursor(Place start, String text, Variables variables) {
        this.start = start;
        this.text = text;
        this.variables = variables;
        this.lineStarts = IntStream.concat(
                        IntStream.of(0),
                        IntStream.range(0, text.length())
                                .filter(i -> text.charAt(i) == '\n')
                                .map(i -> i + 1))
                .toArray();
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw errorAt(nul, "holds a NUL character, so it is hardly text");
        }
    }

    public boolean atEnd() {
        return offset == text.length();
    }

    public boolean atEndOfLine() {
        return atEnd() || at("\n") || at("\r\n");
    }

    public boolean at(String expected) {
        return text.startsWith(expected, offset);
    }

    /** The next character, or NUL at the end. */
    public char peek() {
        return atEnd() ? '\0' : text.charAt(offset);
    }

    public char next() {
        return text.charAt(offset++);
    }

    /** Steps over the text if it comes next. */
    public boolean skip(String expected) {
        boolean there = at(expected);
        if (there) {
            offset += expected.length();
        }
        return there;
    }

    /** The match of the pattern that begins here, which is stepped over; empty text where there is none. */
    public String take(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(offset, text.length());
        if (!matcher.lookingAt()) {
            return "";
        }
        offset = matcher.end();
        return matcher.group();
    }

    /** How many characters come before the next such text; -1 where there is none. */
    public int lengthUpTo(String expected) {
        int at = text.indexOf(expected, offset);
        return at < 0 ? -1 : at - offset;
    }

    /** How many characters have not been read yet. */
    public int remaining() {
        return text.length() - offset;
    }

    /** Steps over so many characters, and gives them. */
    public String take(int length) {
        String taken = text.substring(offset, offset + length);
        offset += length;
        return taken;
    }

    public int offset() {
        return offset;
    }

    public void moveTo(int earlierOrLater) {
        offset = earlierOrLater;
    }

    public void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            offset++;
        }
    }

    public Place place() {
        return placeAt(offset);
    }

    public Place placeAt(int position) {
        int found = Arrays.binarySearch(lineStarts, position);
        int line = found >= 0 ? found + 1 : -found - 1;
        int column = position - lineStarts[line - 1] + (line == 1 ? start.column() : 1);
        return new Place(start.source(), start.line() - 1 + line, column);
    }

    public InvalidScenarioException error(String message) {
        return errorAt(offset, message);
    }

    public InvalidScenarioException errorAt(int position, String message) {
        return new InvalidScenarioException(placeAt(position), message);
    }

    /** The variable that begins here with two braces, if it is well-formed and known. */
    public Template.Variable variable() {
        Matcher matcher = Template.VARIABLE.matcher(text).region(offset, text.length());
        if (!matcher.lookingAt()) {
            throw error("'{{' begins a variable, as in {{BASE_URL}}; what follows is no name with '}}' after it");
        }
        if (!variables.isKnown(matcher.group(1))) {
            throw error(variables.unknown(matcher.group(1)));
        }
        offset = matcher.end();
        return new Template.Variable(variables.meant(matcher.group(1)));
    }

    /**
     * Learns the name by which a URL that begins here calls the application's address, as {@code {{host}}/login} does where
     * nobody gives or captured it.
     */
    public void learnBaseUrl() {
        Matcher matcher = Template.VARIABLE.matcher(text).region(offset, text.length());
        if (matcher.lookingAt()
                && (matcher.end() == text.length() || "/ \t\r\n#".indexOf(text.charAt(matcher.end())) >= 0)) {
            variables.alias(matcher.group(1));
        }
    }

    /** The text up to an offset as a template; stops there. */
    public Template templateUpTo(int end) {
        List<Template.Part> parts = new ArrayList<>();
        int from = offset;
        while (offset < end) {
            if (at("{{")) {
                parts.add(new Template.Literal(text.substring(from, offset)));
                parts.add(variable());
                from = offset;
            } else {
                offset++;
            }
        }
        offset = Math.max(offset, end);
        parts.add(new Template.Literal(text.substring(Math.min(from, end), end)));
        return new Template(parts);
    }

    /** The object or list of JSON that begins here. */
    public Body.Json json() {
        int begin = offset;
        int end = JsonSyntax.end(text, begin);
        if (end < 0) {
            throw error("this JSON is never closed; expected its last '" + (peek() == '{' ? "}" : "]") + "'");
        }
        String json = text.substring(begin, end);
        JsonSyntax.check(json).ifPresent(fault -> {
            throw errorAt(begin + fault.offset(), fault.message());
        });
        return new Body.Json(templateUpTo(end));
    }
}
