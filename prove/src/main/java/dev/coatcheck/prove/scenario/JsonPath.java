package dev.coatcheck.prove.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The part of RFC 9535 that points at values: {@code $.a.b}, {@code $['a b']}, {@code $[0]}, {@code $[-1]}, {@code $.items[*]},
 * {@code $.*}. What searches or filters ({@code ..}, {@code [?…]}, slices, unions) is refused.
 */
public record JsonPath(List<Selector> selectors) {
    private static final int MOST_SELECTORS = 100;
    private static final Pattern SELECTOR =
            Pattern.compile("\\.(?<name>[\\p{L}_][\\p{L}\\p{N}_-]*)|\\[(?<index>-?\\d{1,9})]|(?<all>\\.\\*|\\[\\*])"
                    + "|\\['(?<single>(?:[^'\\\\]|\\\\.)*+)']|\\[\"(?<double>(?:[^\"\\\\]|\\\\.)*+)\"]");

    /** One step of the way down. */
    public sealed interface Selector {}

    /** The field of an object. */
    public record Name(String name) implements Selector {}

    /** The element of a list; a negative index counts from the end. */
    public record Index(int index) implements Selector {}

    /** All fields of an object or elements of a list. */
    public record All() implements Selector {}

    public JsonPath {
        selectors = List.copyOf(selectors);
    }

    /** Reads a path; an {@link IllegalArgumentException} says what is wrong and what is expected. */
    public static JsonPath parse(String text) {
        if (!text.startsWith("$")) {
            throw new IllegalArgumentException("a JSONPath begins with '$', as in $.user.email or $.items[0]");
        }
        List<Selector> selectors = new ArrayList<>();
        Matcher matcher = SELECTOR.matcher(text);
        int at = 1;
        while (at < text.length()) {
            if (!matcher.region(at, text.length()).lookingAt()) {
                throw new IllegalArgumentException(refusal(text, at));
            }
            selectors.add(selector(matcher));
            if (selectors.size() > MOST_SELECTORS) {
                throw new IllegalArgumentException("a JSONPath of more than " + MOST_SELECTORS + " parts is not taken");
            }
            at = matcher.end();
        }
        return new JsonPath(selectors);
    }

    private static String refusal(String text, int at) {
        String rest = text.substring(at);
        String known = "; known are $.name, $['name'], $[0], $[-1], $[*] and $.*";
        if (rest.startsWith("..")) {
            return "'..' searches a whole document, which is not supported: write the way down to the value" + known;
        }
        if (rest.startsWith("[?")) {
            return "a filter expression is not supported: write an index" + known;
        }
        return "'" + (rest.length() > 20 ? rest.substring(0, 20) + "…" : rest) + "' is not understood" + known;
    }

    private static Selector selector(Matcher matcher) {
        if (matcher.group("all") != null) {
            return new All();
        }
        if (matcher.group("index") != null) {
            return new Index(Integer.parseInt(matcher.group("index")));
        }
        if (matcher.group("name") != null) {
            return new Name(matcher.group("name"));
        }
        String quoted = matcher.group("single") != null ? matcher.group("single") : matcher.group("double");
        return new Name(quoted.replaceAll("\\\\(.)", "$1"));
    }

    /** The value; a list of all of them where the path has a {@code *}; empty where the document has no such place. */
    public Optional<JsonNode> find(JsonNode document) {
        List<JsonNode> found = List.of(document);
        for (Selector selector : selectors) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : found) {
                select(selector, node, next);
            }
            found = next;
        }
        if (selectors.stream().anyMatch(All.class::isInstance)) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            found.forEach(all::add);
            return Optional.of(all);
        }
        return found.stream().findFirst();
    }

    private static void select(Selector selector, JsonNode node, List<JsonNode> into) {
        switch (selector) {
            case Name(String name) -> Optional.ofNullable(node.get(name)).ifPresent(into::add);
            case Index(int index) ->
                Optional.ofNullable(node.isArray() ? node.get(index < 0 ? node.size() + index : index) : null)
                        .ifPresent(into::add);
            case All() -> into.addAll(node.values());
        }
    }

    /** This path and one more field. */
    public JsonPath field(String name) {
        return with(new Name(name));
    }

    /** This path and one more element. */
    public JsonPath element(int index) {
        return with(new Index(index));
    }

    private JsonPath with(Selector selector) {
        List<Selector> longer = new ArrayList<>(selectors);
        longer.add(selector);
        return new JsonPath(longer);
    }

    /** In the shortest notation, which {@link #parse} reads back. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("$");
        for (Selector selector : selectors) {
            switch (selector) {
                case Name(String name) -> {
                    if (name.matches("[\\p{L}_][\\p{L}\\p{N}_-]*")) {
                        text.append('.').append(name);
                    } else {
                        text.append("['")
                                .append(name.replace("\\", "\\\\").replace("'", "\\'"))
                                .append("']");
                    }
                }
                case Index(int index) -> text.append('[').append(index).append(']');
                case All() -> text.append("[*]");
            }
        }
        return text.toString();
    }
}
