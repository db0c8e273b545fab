package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A response as one value to compare: {@code {"status": 200, "headers": {…}, "cookies": {"sid": "set"}, "json": …}}, with the
 * body under {@code json}, {@code lines} or {@code bytes}, by what it is.
 */
record ResponseTree(ObjectNode tree, List<Integer> lineNumbers) {
    static final String STATUS = "status";
    static final String HEADERS = "headers";
    static final String COOKIES = "cookies";
    static final String JSON = "json";
    static final String LINES = "lines";
    static final String BYTES = "bytes";

    private static final Pattern OWN_ADDRESS = Pattern.compile(
            "https?://(localhost|[a-z0-9.-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?(?=/|$)");
    private static final Pattern TAG = Pattern.compile("(?=<)|(?<=>)");
    private static final Pattern SEMICOLON = Pattern.compile(";");
    private static final Pattern REMOVAL = Pattern.compile("(?i)max-age=(0|-\\d+)|expires=.*\\b19[67]\\d\\b.*");

    static ResponseTree of(Response response) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put(STATUS, response.status());
        ObjectNode headers = tree.putObject(HEADERS);
        response.headers().stream()
                .filter(header -> CountedHeaders.contain(header.name()))
                .collect(Collectors.groupingBy(header -> header.name().toLowerCase(Locale.ROOT)))
                .forEach((name, values) -> headers.put(name, value(name, values)));
        ObjectNode cookies = tree.putObject(COOKIES);
        for (String line : response.headers("Set-Cookie")) {
            String name = line.split("[=;]", 2)[0].strip();
            cookies.put(name, isRemoval(line) ? "removed" : "set");
        }
        List<Integer> lineNumbers = new ArrayList<>();
        body(response, tree, lineNumbers);
        return new ResponseTree(tree, lineNumbers);
    }

    private static boolean isRemoval(String line) {
        return SEMICOLON
                .splitAsStream(line)
                .skip(1)
                .anyMatch(attribute -> REMOVAL.matcher(attribute.strip()).matches());
    }

    private static String value(String name, List<Header> values) {
        String joined = values.stream().map(Header::value).collect(Collectors.joining(", "));
        return switch (name) {
            case "location" -> OWN_ADDRESS.matcher(joined).replaceFirst("");
            case "content-type" ->
                joined.toLowerCase(Locale.ROOT).replaceAll("\\s+", "").replaceAll(";boundary=[^;]*", "");
            default -> joined;
        };
    }

    private static void body(Response response, ObjectNode tree, List<Integer> lineNumbers) {
        Optional<JsonNode> json = response.isJson() ? response.json() : Optional.empty();
        if (json.isPresent()) {
            tree.set(JSON, json.get());
        } else if (response.content().isComplete() && response.isText()) {
            ArrayNode lines = tree.putArray(LINES);
            int number = 0;
            for (String line : response.text().split("\r?\n", -1)) {
                number++;
                for (String piece : response.isHtml() ? TAG.split(line) : new String[] {line}) {
                    if (!piece.isBlank()) {
                        lines.add(piece.strip());
                        lineNumbers.add(number);
                    }
                }
            }
        } else {
            ObjectNode bytes = tree.putObject(BYTES);
            bytes.put("length", response.content().length());
            bytes.put("sha256", response.content().sha256Hex());
        }
    }
}
