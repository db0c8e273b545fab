package dev.coatcheck.prove.scenario.http;

import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Place;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Variables;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in double braces: the file's own variables are put in the place of their names, drawn ones too, and what a named
 * request was answered becomes a capture of it.
 */
final class HttpVariables {
    private static final int DEEPEST = 10;
    private static final Pattern BRACES = Pattern.compile("\\{\\{\\s*([^{}]{1,500}?)\\s*}}");
    private static final Pattern DEFINITION = Pattern.compile("@([^\\s=]+)\\s*=\\s*(.*?)\\s*");
    private static final Pattern OF_RESPONSE = Pattern.compile(
            "(?<name>[A-Za-z0-9_-]+)\\.(?<part>response|request)\\.(?<what>body|headers)\\.?(?<path>.*)");
    private static final Pattern RANDOM = Pattern.compile(
            "\\$(?:randomInt|random\\.integer)\\s*(?:\\(?\\s*(?<from>-?\\d{1,9})[\\s,]+(?<to>-?\\d{1,9})\\s*\\)?)?(?:\\(\\))?");
    private static final String UUIDS = "\\$(uuid|guid|random\\.uuid)";

    private final String source;
    private final Set<String> given;
    private final Variables known;
    private final Map<String, String> defined = new HashMap<>();
    private final Map<String, Integer> named = new HashMap<>();
    private final Map<Integer, List<Capture>> captures = new HashMap<>();
    private final Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS);

    HttpVariables(String source, Set<String> given) {
        this.source = source;
        this.given = new HashSet<>(given);
        this.known = new Variables(given);
    }

    InvalidScenarioException wrong(int line, String message) {
        return new InvalidScenarioException(new Place(source, line, 1), message);
    }

    /** Takes in {@code @name = value}. What is given on the command line is stronger. */
    void define(HttpBlock.Line line) {
        Matcher matcher = DEFINITION.matcher(line.text());
        if (!matcher.matches() || !Variables.NAME.matcher(matcher.group(1)).matches()) {
            throw wrong(line.number(), "expected '@name = value', with a name of letters, digits, - and _");
        }
        defined.put(matcher.group(1), matcher.group(2));
    }

    /** From here on the step can be asked for what it was answered. */
    void name(String name, int step) {
        named.put(name, step);
    }

    void capture(int step, Capture capture) {
        captures.computeIfAbsent(step, number -> new ArrayList<>()).add(capture);
        known.capture(capture.name());
        defined.remove(capture.name());
    }

    List<Capture> capturesOf(int step) {
        return captures.getOrDefault(step, List.of());
    }

    /** A piece of the file with only those variables left in it that have their values when it is played. */
    Cursor cursor(int line, String text) {
        return new Cursor(new Place(source, line, 1), expanded(line, text, 0), known);
    }

    /** As {@link #cursor(int, String)}, for a piece from the middle of a line. */
    Cursor cursor(HttpBlock.Line line, String piece) {
        Place start = new Place(source, line.number(), Math.max(line.text().lastIndexOf(piece), 0) + 1);
        return new Cursor(start, expanded(line.number(), piece, 0), known);
    }

    private String expanded(int line, String text, int depth) {
        if (depth > DEEPEST) {
            throw wrong(line, "the variables of this line are made of each other");
        }
        Matcher matcher = BRACES.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1);
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value(line, name, depth)));
        }
        return matcher.appendTail(expanded).toString();
    }

    private String value(int line, String name, int depth) {
        if (name.startsWith("$")) {
            return drawn(line, name);
        }
        if (OF_RESPONSE.matcher(name).matches()) {
            return "{{" + reference(line, name) + "}}";
        }
        return defined.containsKey(name) && !given.contains(name)
                ? expanded(line, defined.get(name), depth + 1)
                : "{{" + name + "}}";
    }

    /** Random numbers and times are drawn once, so that all runs of a proof send the same. */
    private String drawn(int line, String name) {
        Matcher random = RANDOM.matcher(name);
        if (name.matches(UUIDS)) {
            return "{{" + Variables.NEW_UUID + "}}";
        }
        if (name.equals("$timestamp")) {
            return Long.toString(now.getEpochSecond());
        }
        if (name.equals("$isoTimestamp") || name.equals("$datetime iso8601")) {
            return now.toString();
        }
        if (random.matches()) {
            int from = random.group("from") == null ? 0 : Integer.parseInt(random.group("from"));
            int to = random.group("to") == null ? 1000 : Integer.parseInt(random.group("to"));
            return Integer.toString(ThreadLocalRandom.current().nextInt(from, Math.max(from + 1, to)));
        }
        throw wrong(
                line,
                "{{" + name + "}} is not known; known are {{$uuid}}, {{$guid}}, {{$random.uuid}}, {{$timestamp}},"
                        + " {{$isoTimestamp}} and {{$randomInt FROM TO}}. For anything else write {{NAME}}, and give it with"
                        + " --variable NAME=VALUE");
    }

    /** The name of the variable that holds what a step was answered. */
    private String reference(int line, String written) {
        Matcher matcher = OF_RESPONSE.matcher(written);
        if (!matcher.matches() || matcher.group("part").equals("request")) {
            throw wrong(line, "{{" + written + "}} asks for a request; write here what it sent");
        }
        Integer step = named.get(matcher.group("name"));
        if (step == null) {
            throw wrong(
                    line,
                    "no request before this one is named '" + matcher.group("name") + "'; write '# @name "
                            + matcher.group("name") + "' above it");
        }
        Selection selection = selection(line, written, matcher.group("what"), matcher.group("path"));
        for (Capture capture : capturesOf(step)) {
            if (capture.selection().equals(selection)) {
                return capture.name();
            }
        }
        String name = "step" + step + "-" + (capturesOf(step).size() + 1);
        capture(step, new Capture(name, selection));
        return name;
    }

    private Selection selection(int line, String written, String what, String path) {
        if (what.equals("headers")) {
            if (path.isEmpty()) {
                throw wrong(line, "{{" + written + "}} names no header, as {{login.response.headers.Location}} does");
            }
            return Selection.of(new Query.Header(path));
        }
        if (path.isEmpty() || path.equals("*")) {
            return Selection.of(new Query.Body());
        }
        if (path.startsWith("/")) {
            throw wrong(line, "{{" + written + "}} is an XPath, which is not supported; a JSONPath as $.token is");
        }
        return json(line, path.startsWith("$") ? path : "$." + path);
    }

    /** What a JSONPath selects. */
    Selection json(int line, String path) {
        try {
            return Selection.of(new Query.Json(JsonPath.parse(path)));
        } catch (IllegalArgumentException e) {
            throw wrong(line, String.valueOf(e.getMessage()));
        }
    }
}
