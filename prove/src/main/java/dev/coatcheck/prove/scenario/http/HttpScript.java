package dev.coatcheck.prove.scenario.http;

import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Variables;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The scripts behind a request, as far as they say something that a scenario can say: what is kept of the response, and which
 * status it has.
 */
final class HttpScript {
    private static final String INSTEAD = "Known are client.global.set(\"name\", response.body.token), the same with"
            + " response.headers.valueOf(\"Name\"), and client.assert(response.status === 200). Whatever else is to be kept is"
            + " written in Hurl's notation, in a file NAME.hurl";
    private static final Pattern SET = Pattern.compile("client\\.global\\.set\\(\\s*[\"'](?<name>[^\"']+)[\"']\\s*,"
            + "\\s*response\\.(?:body(?<path>(?:\\.[A-Za-z_$][\\w$]*|\\[\\d{1,9}]|\\[\"[^\"]*\"]|\\['[^']*'])*)"
            + "|headers\\.valueOf\\(\\s*[\"'](?<header>[^\"']+)[\"']\\s*\\))\\s*\\)\\s*;?");
    private static final Pattern LOG = Pattern.compile("client\\.log\\([^;\\n]*\\)\\s*;?");
    private static final Pattern STATUS = Pattern.compile(
            "client\\.assert\\(\\s*response\\.status\\s*={2,3}\\s*(\\d{3})\\s*(?:,\\s*([\"'`])[^\"'`\\n]*\\2\\s*)?\\)");

    /** What makes it depend on something whether an assertion is made at all. */
    private static final Pattern BRANCH = Pattern.compile("\\b(if|else|for|while|switch|return)\\b|&&|\\|\\||\\?");

    private static final Pattern TEST = Pattern.compile("client\\.(test|assert)\\s*\\(");
    private static final Pattern COMMENT = Pattern.compile("//[^\\n]*|/\\*(?s:.)*?\\*/");

    private final HttpVariables variables;
    private final List<String> notes;

    HttpScript(HttpVariables variables, List<String> notes) {
        this.variables = variables;
        this.notes = notes;
    }

    /**
     * Takes what is kept for a step.
     *
     * @return the status that the script asks for
     */
    OptionalInt read(int step, List<HttpBlock.Line> lines) {
        OptionalInt status = OptionalInt.empty();
        for (int i = 0; i < lines.size(); i++) {
            HttpBlock.Line line = lines.get(i);
            if (line.text().matches(">>.*|<>.*")) {
                continue; // where the client keeps what it got
            }
            if (!line.text().matches(">\\s*\\{%.*")) {
                throw variables.wrong(
                        line.number(),
                        line.text().startsWith("<")
                                ? "a script before a request is not run. Write the values that it makes as '@name = value', or"
                                        + " give them with --variable name=value"
                                : "this is not understood: " + excerpt(line.text()) + ". " + INSTEAD);
            }
            StringBuilder script = new StringBuilder(line.text().replaceFirst(">\\s*\\{%", ""));
            while (script.indexOf("%}") < 0 && i + 1 < lines.size()) {
                script.append('\n').append(lines.get(++i).text());
            }
            if (script.indexOf("%}") < 0) {
                throw variables.wrong(line.number(), "this script is never closed; expected %} at its end");
            }
            OptionalInt asked = read(step, line.number(), script.substring(0, script.indexOf("%}")));
            status = asked.isPresent() ? asked : status;
        }
        return status;
    }

    private OptionalInt read(int step, int firstLine, String script) {
        String rest = COMMENT.matcher(script).replaceAll(found -> found.group().replaceAll("[^\\n]", ""));
        OptionalInt status = OptionalInt.empty();
        int line = firstLine;
        while (!rest.isBlank()) {
            int blanks = rest.length() - rest.stripLeading().length();
            line += lineEnds(rest.substring(0, blanks));
            rest = rest.substring(blanks);
            int length = statement(step, line, rest);
            String statement = rest.substring(0, length);
            Matcher asked = STATUS.matcher(statement);
            if (asked.find() && isOfOneStatus(statement)) {
                status = OptionalInt.of(Integer.parseInt(asked.group(1)));
            }
            line += lineEnds(rest.substring(0, length));
            rest = rest.substring(length);
        }
        return status;
    }

    private static int lineEnds(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    /** How long the statement is that begins the script. */
    private int statement(int step, int line, String script) {
        Matcher set = SET.matcher(script);
        if (set.lookingAt()) {
            capture(step, line, set);
            return set.end();
        }
        Matcher log = LOG.matcher(script);
        if (log.lookingAt()) {
            return log.end();
        }
        Matcher test = TEST.matcher(script);
        int end = test.lookingAt() ? closed(script, test.end() - 1) : -1;
        if (end < 0 || script.substring(0, end).contains("client.global.")) {
            throw variables.wrong(line, "this script is not run: " + excerpt(script) + ". " + INSTEAD);
        }
        String statement = script.substring(0, end);
        if (!STATUS.matcher(statement).find()
                || !isOfOneStatus(statement)
                || statement.split("response\\.", -1).length != 2) {
            notes.add("the test in line " + line
                    + " is not run; the whole response is compared with that of an unsplit run");
        }
        return script.startsWith(";", end) ? end + 1 : end;
    }

    private static boolean isOfOneStatus(String statement) {
        return statement.split("response\\.status", -1).length == 2
                && !BRANCH.matcher(statement).find();
    }

    private void capture(int step, int line, Matcher set) {
        String name = set.group("name");
        if (!Variables.NAME.matcher(name).matches() || Variables.isBuiltIn(name)) {
            throw variables.wrong(
                    line,
                    "'" + name
                            + "' is no name for a variable; it has letters, digits, - and _, and begins with a letter");
        }
        String path = set.group("path");
        Selection selection = set.group("header") != null
                ? Selection.of(new Query.Header(set.group("header")))
                : path.isEmpty() ? Selection.of(new Query.Body()) : variables.json(line, "$" + path);
        variables.capture(step, new Capture(name, selection));
    }

    /** Where the parenthesis ends that opens at an offset; -1 where it does not. */
    private static int closed(String script, int open) {
        int depth = 0;
        char quote = 0;
        for (int i = open; i < script.length(); i++) {
            char c = script.charAt(i);
            if (quote != 0) {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'' || c == '`') {
                quote = c;
            } else if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        return -1;
    }

    private static String excerpt(String text) {
        String line = text.lines().findFirst().orElse("").strip();
        return line.length() > 60 ? line.substring(0, 60) + "…" : line;
    }
}
