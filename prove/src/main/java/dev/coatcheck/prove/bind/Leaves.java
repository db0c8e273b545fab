package dev.coatcheck.prove.bind;

import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Filter;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The values of a response that a later request may carry, the surest place first. */
final class Leaves {
    private static final int MOST = 10_000;
    private static final int LONGEST = 4_096;
    private static final int MOST_TRIES = 20;
    private static final int CONTEXT = 40;
    private static final Set<String> NO_SOURCE = Set.of(
            "age",
            "cache-control",
            "connection",
            "content-length",
            "content-type",
            "date",
            "expires",
            "keep-alive",
            "last-modified",
            "location",
            "server",
            "set-cookie",
            "transfer-encoding",
            "vary");

    /** In a longer body nothing is looked for but the hidden fields of a page, as the token that each form needs. */
    static final int LONGEST_BODY = 1 << 20;

    private static final Pattern WORDS = Pattern.compile("[\\p{L}\\p{N}]+");

    private final Response response;
    private final boolean isLong;
    private final String text;

    /** So that most of what is looked for in the text need not be; made when it is needed first. */
    private @Nullable Set<String> words;

    private final Map<String, List<Leaf>> byValue = new HashMap<>();
    private final Map<String, List<Leaf>> byCodedValue = new HashMap<>();
    private int count;

    Leaves(Response response) {
        this.response = response;
        this.isLong = response.content().length() > LONGEST_BODY;
        this.text = !isLong && response.isText() && !response.isJson() ? response.text() : "";
        if (!isLong && response.isJson()) {
            response.json().ifPresent(json -> json(new JsonPath(List.of()), "", json));
        }
        response.cookies().forEach((name, value) -> add(Selection.of(new Query.Cookie(name)), name, value));
        for (Header header : response.headers()) {
            if (!NO_SOURCE.contains(header.name().toLowerCase(Locale.ROOT))) {
                add(Selection.of(new Query.Header(header.name())), header.name(), header.value());
            }
        }
        response.header("Location").ifPresent(this::location);
        if (response.isHtml()) {
            html(Jsoup.parse(response.text()));
        }
    }

    /** Whether the body holds more than was looked for. */
    boolean areCut() {
        return isLong && (response.isText() || response.isJson());
    }

    /** Those that hold the value, the surest first. */
    List<Leaf> holding(String value) {
        return byValue.getOrDefault(value, List.of());
    }

    /** Those that hold the value in another coding. */
    List<Leaf> holdingCoded(String value) {
        return byCodedValue.getOrDefault(value, List.of());
    }

    private void add(Selection selection, String name, String value) {
        if (value.isEmpty() || value.length() > LONGEST || ++count > MOST) {
            return;
        }
        byValue.computeIfAbsent(value, v -> new ArrayList<>()).add(new Leaf(selection, name, value));
        for (Filter.Coding coding : Filter.Coding.values()) {
            coding.of(value).filter(coded -> !coded.equals(value)).ifPresent(coded -> {
                List<Filter> filters = new ArrayList<>(selection.filters());
                filters.add(coding);
                byCodedValue
                        .computeIfAbsent(coded, v -> new ArrayList<>())
                        .add(new Leaf(new Selection(selection.query(), filters), name, coded));
            });
        }
    }

    private void json(JsonPath path, String name, JsonNode node) {
        if (node.isObject()) {
            node.forEachEntry((field, value) -> json(path.field(field), field, value));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size() && count < MOST; i++) {
                json(path.element(i), name, node.get(i));
            }
        } else if (node.isString() || node.isNumber()) {
            add(Selection.of(new Query.Json(path)), name, node.isString() ? node.stringValue() : node.toString());
        }
    }

    private void location(String location) {
        Query query = new Query.Header("Location");
        add(Selection.of(query), "Location", location);
        String[] parts = location.split("#", 2)[0].split("\\?", 2);
        String path = parts[0].replaceFirst("^https?://[^/]*", "").replaceFirst("^/", "");
        String before = "";
        int index = 0;
        for (String segment : path.split("/", -1)) {
            add(Selection.of(query, new Filter.PathSegment(index++)), before, segment);
            before = segment;
        }
        for (String parameter : parts.length > 1 ? parts[1].split("&") : new String[0]) {
            String[] pair = parameter.split("=", 2);
            if (pair.length == 2) {
                add(Selection.of(query, new Filter.QueryParameter(pair[0])), pair[0], pair[1]);
            }
        }
    }

    private void html(Document page) {
        page.select("input[name],button[name]")
                .forEach(field -> add(
                        Selection.of(new Query.HtmlField(field.attr("name"))),
                        field.attr("name"),
                        field.attr("value")));
        page.select("meta[name]")
                .forEach(meta -> add(
                        Selection.of(new Query.HtmlMeta(meta.attr("name"))), meta.attr("name"), meta.attr("content")));
    }

    /** A value that stands in the text of the body as a word of its own, known by what stands beside it. */
    Optional<Leaf> inText(String value) {
        if (!mayHold(value)) {
            return Optional.empty();
        }
        int tries = 0;
        for (int at = text.indexOf(value); at >= 0 && tries < MOST_TRIES; at = text.indexOf(value, at + 1)) {
            tries++;
            int begin = Math.max(text.lastIndexOf('\n', at) + 1, at - CONTEXT);
            int after = at + value.length();
            String left = text.substring(begin, at);
            String right = after < text.length() && text.charAt(after) != '\n' ? text.substring(after, after + 1) : "";
            Selection selection = Selection.of(new Query.Between(left, right));
            boolean isWord = !left.matches("(?s).*[\\p{L}\\p{N}]") && !right.matches("[\\p{L}\\p{N}]");
            if (isWord && !left.isBlank() && yields(selection, value)) {
                String name = left.replaceFirst("[^\\p{L}\\p{N}_-]+$", "").replaceFirst("(?s).*[^\\p{L}\\p{N}_-]", "");
                return Optional.of(new Leaf(selection, name, value));
            }
        }
        return Optional.empty();
    }

    /** A value that stands there as a word of its own begins with one of the text's, or has none. */
    private boolean mayHold(String value) {
        Matcher first = WORDS.matcher(value);
        return !text.isEmpty() && (!first.find() || words().contains(first.group()));
    }

    private Set<String> words() {
        Set<String> known = words;
        if (known == null) {
            known = WORDS.matcher(text)
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.toCollection(HashSet::new));
            words = known;
        }
        return known;
    }

    /** Whether the selection finds that very value. */
    boolean yields(Selection selection, String value) {
        return response.select(selection)
                .map(node -> node.isString() ? node.stringValue() : node.toString())
                .filter(value::equals)
                .isPresent();
    }
}
