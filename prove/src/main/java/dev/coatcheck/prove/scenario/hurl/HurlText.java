package dev.coatcheck.prove.scenario.hurl;

import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines and words of which a Hurl file is made. */
final class HurlText {
    private static final Pattern REQUEST = Pattern.compile("[A-Z]+[ \\t]+(/|\\{\\{|https?://).*");
    private static final Pattern RESPONSE = Pattern.compile("HTTP(/[0-9.]+)?([ \\t].*)?");
    private static final Pattern SECTION = Pattern.compile("\\[[A-Z][A-Za-z]*][ \\t]*(#.*)?");
    private static final Pattern BODY = Pattern.compile("([{\\[`<\"]|file,|base64,|hex,).*");
    private static final Pattern LINE = Pattern.compile("[^\\r\\n]*");
    private static final Pattern END_OF_LINE = Pattern.compile("[ \\t]*(#[^\\r\\n]*)?(\\r?\\n|$)");
    private static final Pattern KEY = Pattern.compile("[^:\\s#\\\\{}\"]{1,256}(?=[ \\t]*:)");
    private static final Pattern USER = Pattern.compile("#[ \\t]*user:[ \\t]*(\\S{1,64})[ \\t]*");
    private static final Pattern CODE_POINT = Pattern.compile("\\{[0-9A-Fa-f]{1,6}}");

    private final Cursor cursor;
    private String user = Step.ONLY_USER;

    HurlText(Cursor cursor) {
        this.cursor = cursor;
    }

    Cursor cursor() {
        return cursor;
    }

    /** Who makes the requests that follow, by the last comment {@code # user: NAME}. */
    String user() {
        return user;
    }

    /** Passes over blank lines, comments and leading blanks. */
    void skipToContent() {
        while (true) {
            cursor.skipBlanks();
            if (cursor.peek() == '#') {
                Matcher matcher = USER.matcher(cursor.take(LINE));
                if (matcher.matches()) {
                    user = matcher.group(1);
                }
            }
            if (!cursor.skip("\n") && !cursor.skip("\r\n")) {
                return;
            }
        }
    }

    boolean atRequest() {
        return lineMatches(REQUEST);
    }

    boolean atResponse() {
        return lineMatches(RESPONSE);
    }

    boolean atSection() {
        return lineMatches(SECTION);
    }

    boolean atBody() {
        return lineMatches(BODY) && !atSection();
    }

    /** Whether a line of names and values, or of captures or asserts, comes next. */
    boolean atPlainLine() {
        skipToContent();
        return !cursor.atEnd() && !atRequest() && !atResponse() && !atSection() && !atBody();
    }

    private boolean lineMatches(Pattern pattern) {
        int start = cursor.offset();
        boolean matches = pattern.matcher(cursor.take(LINE)).matches();
        cursor.moveTo(start);
        return matches;
    }

    void endOfLine() {
        int start = cursor.offset();
        if (cursor.take(END_OF_LINE).isEmpty() && !cursor.atEnd()) {
            cursor.moveTo(start);
            cursor.skipBlanks();
            throw cursor.error("'" + excerpt() + "' was not expected here; expected the end of the line");
        }
    }

    /** The next few characters, for a message. */
    String excerpt() {
        int start = cursor.offset();
        String line = cursor.take(LINE).strip();
        cursor.moveTo(start);
        return line.length() > 30 ? line.substring(0, 30) + "…" : line;
    }

    /** {@code name: value}, and the end of its line. */
    Field field(String what) {
        String name = key(what);
        Template value = value();
        endOfLine();
        return new Field(name, value);
    }

    /** {@code name:} and the blanks behind it. */
    String key(String what) {
        String name = cursor.take(KEY);
        cursor.skipBlanks();
        if (name.isEmpty() || !cursor.skip(":")) {
            throw cursor.error("expected " + what + ", written 'name: value', not '" + excerpt() + "'");
        }
        cursor.skipBlanks();
        return name;
    }

    /** Text without quotes: up to the end of the line or a comment, without the blanks at its end. */
    Template value() {
        List<Template.Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        while (!cursor.atEndOfLine() && cursor.peek() != '#') {
            read(parts, literal);
        }
        parts.add(new Template.Literal(literal.toString().stripTrailing()));
        return new Template(parts);
    }

    /** Text between quotes or backticks, on one line. */
    Template quoted(char quote) {
        int start = cursor.offset();
        if (!cursor.skip(String.valueOf(quote))) {
            throw cursor.error("expected a text in quotes, not '" + excerpt() + "'");
        }
        List<Template.Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        while (cursor.peek() != quote || cursor.atEnd()) {
            if (cursor.atEndOfLine()) {
                throw cursor.errorAt(start, "this text is never closed; expected a " + quote + " at its end");
            }
            read(parts, literal);
        }
        cursor.next();
        parts.add(new Template.Literal(literal.toString()));
        return new Template(parts);
    }

    /** As {@link #quoted}, for what cannot have variables in it. */
    String quotedLiteral(String what) {
        int start = cursor.offset();
        Template template = quoted('"');
        if (!template.variables().isEmpty()) {
            throw cursor.errorAt(start, what + " cannot have variables in it");
        }
        return template.toString();
    }

    private void read(List<Template.Part> parts, StringBuilder literal) {
        if (cursor.at("{{")) {
            parts.add(new Template.Literal(literal.toString()));
            parts.add(cursor.variable());
            literal.setLength(0);
        } else if (cursor.peek() == '\\') {
            literal.append(escape());
        } else {
            literal.append(cursor.next());
        }
    }

    private String escape() {
        int start = cursor.offset();
        cursor.next();
        char escaped = cursor.peek();
        if ("\"\\#:/`".indexOf(escaped) >= 0) {
            return String.valueOf(cursor.next());
        }
        if (escaped == 'u') {
            cursor.next();
            String digits = cursor.take(CODE_POINT);
            return codePoint(digits).orElseThrow(() -> cursor.errorAt(start, "expected a character as in \\u{1f600}"));
        }
        int index = "bfnrt".indexOf(escaped);
        if (index < 0) {
            throw cursor.errorAt(
                    start, "there is no such escape; known are \\\\ \\\" \\# \\: \\/ \\` \\b \\f \\n \\r \\t \\u{…}");
        }
        cursor.next();
        return String.valueOf("\b\f\n\r\t".charAt(index));
    }

    private static Optional<String> codePoint(String braced) {
        if (braced.isEmpty()) {
            return Optional.empty();
        }
        int codePoint = Integer.parseInt(braced.substring(1, braced.length() - 1), 16);
        return Character.isValidCodePoint(codePoint) ? Optional.of(Character.toString(codePoint)) : Optional.empty();
    }
}
