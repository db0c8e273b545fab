package dev.coatcheck.prove.check;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a step asks and is answered, whichever of many things alike it asks it of: {@code GET /notes/7} and
 * {@code GET /notes/{{note}}} are of one kind. In a long scenario it is enough to try each kind once where a process has to be
 * started for it.
 *
 * <p>Two kinds that are taken for one hide a leak, and one that is taken for two costs a start: what is in doubt is another kind.
 *
 * @param headers and cookies in the order of their names, without those that a browser sends by itself
 * @param expected the status and what else is asserted: a log-in that is refused does other work than one that is let in
 */
record Kind(String user, String method, String target, List<String> headers, List<String> body, List<String> expected) {
    private static final Pattern CAPTURE_ID_OR_WORD = Pattern.compile("\\{\\{[^{}]*+}}"
            + "|\\p{XDigit}{8}-(?:\\p{XDigit}{4}-){3}\\p{XDigit}{12}(?![\\p{L}\\p{N}])"
            + "|[\\p{L}\\p{N}]++");

    /** What is shorter and has letters is rather a name, as {@code v2} and {@code sha256}. */
    private static final int SHORTEST_ID = 8;

    private static final Set<String> OF_BROWSERS = Set.of(
            "accept-encoding",
            "accept-language",
            "cache-control",
            "content-length",
            "cookie",
            "dnt",
            "host",
            "origin",
            "pragma",
            "priority",
            "referer",
            "upgrade-insecure-requests",
            "user-agent");

    Kind {
        headers = List.copyOf(headers);
        body = List.copyOf(body);
        expected = List.copyOf(expected);
    }

    static Kind of(Step step) {
        Request request = step.request();
        List<String> target = new ArrayList<>(List.of(general(request.target().toString())));
        target.addAll(named(request.query()));
        List<String> expected =
                new ArrayList<>(List.of(step.expectation().status().toString()));
        step.expectation().assertions().forEach(assertion -> expected.add(general(assertion.toString())));
        return new Kind(
                step.user(),
                request.method(),
                String.join(" ", target),
                headers(request),
                body(request.body()),
                expected);
    }

    private static List<String> headers(Request request) {
        Stream<Field> chosen = request.headers().stream().filter(header -> !isOfBrowser(header.name()));
        return Stream.concat(
                        chosen.map(header -> header.name().toLowerCase(Locale.ROOT) + ": "
                                + general(header.value().toString())),
                        named(request.cookies()).stream().map(cookie -> "cookie: " + cookie))
                .sorted()
                .toList();
    }

    private static boolean isOfBrowser(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return OF_BROWSERS.contains(name) || name.startsWith("sec-");
    }

    /** Bytes are what they are: base64 has digits by chance. */
    private static List<String> body(Body body) {
        return switch (body) {
            case Body.None() -> List.of();
            case Body.Text(var text, String contentType) -> List.of("text", general(text.toString()), contentType);
            case Body.Json(var text) -> List.of("json", general(text.toString()));
            case Body.Form(List<Field> fields) -> named(fields);
            case Body.Multipart(List<Body.Part> parts) ->
                parts.stream().flatMap(part -> part(part).stream()).toList();
            case Body.File(var path, String contentType) -> List.of("file", general(path.toString()), contentType);
            case Body.Bytes(String base64) -> List.of("bytes", base64);
            case Body.Messages(List<Body.Message> messages) ->
                messages.stream()
                        .map(message -> general(message.text().toString()))
                        .toList();
        };
    }

    private static List<String> part(Body.Part part) {
        return switch (part) {
            case Body.TextPart(String name, var value) -> List.of("part", name, general(value.toString()));
            case Body.FilePart(String name, var path, String contentType) ->
                List.of("file", name, general(path.toString()), contentType);
            case Body.BytesPart(String name, var fileName, String contentType, String base64) ->
                List.of("bytes", name, general(fileName.orElse("")), contentType, base64);
        };
    }

    private static List<String> named(List<Field> fields) {
        return fields.stream()
                .map(field -> field.name() + "=" + general(field.value().toString()))
                .toList();
    }

    /** In a time that grows with the text's length alone, however few digits it has: each word is looked at once. */
    private static String general(String text) {
        return CAPTURE_ID_OR_WORD.matcher(text).replaceAll(match -> isParticular(match.group()) ? "#" : match.group());
    }

    private static boolean isParticular(String word) {
        long digits = word.chars().filter(Character::isDigit).count();
        return word.startsWith("{{")
                || word.contains("-")
                || digits == word.length()
                || (digits > 0 && word.length() >= SHORTEST_ID);
    }
}
