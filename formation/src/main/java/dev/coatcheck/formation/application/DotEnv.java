package dev.coatcheck.formation.application;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A {@code .env} file, as most tools read it. Nothing is expanded: a {@code $} stands for itself.
 *
 * <pre>
 * file     = *( [ line ] LF )             ; CR LF too; blank lines and lines that begin with # are skipped
 * line     = [ "export " ] name "=" value [ comment ]
 * name     = ( letter / "_" ) *( letter / digit / "_" )
 * value    = plain / single / double      ; spaces around the value and around "=" don't count
 * plain    = any characters to the end of the line, or to a # that follows a space
 * single   = "'" any characters but ', also over several lines "'"
 * double   = DQUOTE any characters, also over several lines, DQUOTE
 *            with \n \r \t \" \\ \$ for newline, return, tab, quote, backslash, dollar; another backslash stays
 * comment  = "#" anything                 ; after a quoted value, or after a space
 * </pre>
 *
 * <p>Of a name that is set twice the later one counts.
 */
final class DotEnv {
    private final String file;
    private final String text;
    private final Problems problems;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Set<String> literal = new HashSet<>();
    private int at;
    private int line = 1;

    private DotEnv(String file, String text, Problems problems) {
        this.file = file;
        this.text = text;
        this.problems = problems;
    }

    static DotEnv parse(String file, String text, Problems problems) {
        DotEnv parser = new DotEnv(file, text, problems);
        while (parser.at < text.length()) {
            parser.line();
        }
        return parser;
    }

    Map<String, String> variables() {
        return Collections.unmodifiableMap(variables);
    }

    /** Whether whoever wrote it meant each {@code $} in it: it stands in single quotes, or behind a backslash. */
    boolean isLiteral(String name) {
        return literal.contains(name);
    }

    private void line() {
        skipSpaces();
        if (isEndOfLine() || text.charAt(at) == '#') {
            skipLine();
            return;
        }
        int assignment = endOf('=');
        if (assignment < 0) {
            problems.addAtLine(file, line, "has no '='; a line reads NAME=value");
            skipLine();
            return;
        }
        String name = text.substring(at, assignment).strip();
        if (name.matches("export\\s.*")) {
            name = name.substring("export".length()).strip();
        }
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            problems.addAtLine(
                    file,
                    line,
                    quotable(name) + " is no name for a variable: it takes letters, digits and '_', no digit first");
            skipLine();
            return;
        }
        at = assignment + 1;
        skipSpaces();
        value(name);
    }

    /** What stands before the '=' may be a piece of a secret, as of a key that was pasted without its quotes. */
    private static String quotable(String name) {
        return name.matches("[A-Za-z0-9_.-]{0,40}") ? "'" + name + "'" : "what stands before the '='";
    }

    private void value(String name) {
        literal.remove(name);
        char quote = isEndOfLine() ? '\n' : text.charAt(at);
        if (quote != '"' && quote != '\'') {
            variables.put(name, plain());
            return;
        }
        int opened = line;
        at++;
        StringBuilder value = new StringBuilder();
        boolean bare = false;
        while (at < text.length() && text.charAt(at) != quote) {
            bare |= quote == '"' && text.charAt(at) == '$';
            value.append(quote == '"' ? maybeEscaped() : next());
        }
        if (at >= text.length()) {
            problems.addAtLine(file, opened, "the quote " + quote + " of " + name + " is never closed");
            return;
        }
        at++;
        skipSpaces();
        if (!isEndOfLine() && text.charAt(at) != '#') {
            problems.addAtLine(
                    file,
                    line,
                    "something follows the closing quote of " + name
                            + "; put the whole value in quotes, and a backslash before a quote inside");
        }
        variables.put(name, value.toString());
        if (!bare) {
            literal.add(name);
        }
        skipLine();
    }

    private String plain() {
        int end = endOf('\n');
        String rest = text.substring(at, end < 0 ? text.length() : end);
        skipLine();
        for (int i = 0; i < rest.length(); i++) {
            if (rest.charAt(i) == '#' && (i == 0 || Character.isWhitespace(rest.charAt(i - 1)))) {
                rest = rest.substring(0, i);
            }
        }
        return rest.strip();
    }

    private String maybeEscaped() {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
            String meant =
                    switch (text.charAt(at + 1)) {
                        case 'n' -> "\n";
                        case 'r' -> "\r";
                        case 't' -> "\t";
                        case '"' -> "\"";
                        case '\\' -> "\\";
                        case '$' -> "$";
                        default -> "";
                    };
            if (!meant.isEmpty()) {
                at += 2;
                return meant;
            }
        }
        return next();
    }

    private String next() {
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
        }
        return String.valueOf(c);
    }

    /** The offset of a character in this line, or -1; for a newline the end of the line. */
    private int endOf(char wanted) {
        for (int i = at; i < text.length(); i++) {
            if (text.charAt(i) == wanted) {
                return i;
            }
            if (text.charAt(i) == '\n') {
                return -1;
            }
        }
        return -1;
    }

    private boolean isEndOfLine() {
        return at >= text.length() || text.charAt(at) == '\n';
    }

    private void skipSpaces() {
        while (!isEndOfLine() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void skipLine() {
        while (!isEndOfLine()) {
            at++;
        }
        at++;
        line++;
    }
}
