package dev.coatcheck.prove.play;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.coatcheck.prove.scenario.Filter;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import java.math.BigInteger;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jsoup.Jsoup;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Finds in a response what a {@link Selection} means. */
final class Selecting {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Selecting() {}

    static Optional<JsonNode> from(Response response, Selection selection) {
        Optional<JsonNode> value = query(response, selection.query());
        for (Filter filter : selection.filters()) {
            value = value.flatMap(node -> filtered(filter, node));
        }
        return value;
    }

    /** A value as a variable holds it: a text without quotes, anything else as JSON writes it. */
    static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    private static Optional<JsonNode> query(Response response, Query query) {
        return switch (query) {
            case Query.Status() -> Optional.of(NODES.numberNode(response.status()));
            case Query.Header(String name) -> oneOrAll(response.headers(name));
            case Query.Cookie(String name) ->
                Optional.ofNullable(response.cookies().get(name)).map(NODES::stringNode);
            case Query.Body() -> text(response.text());
            case Query.Json(JsonPath path) -> response.json().flatMap(path::find);
            case Query.Regex(Pattern pattern) -> firstGroup(pattern, response.text());
            case Query.HtmlField(String name) ->
                Jsoup.parse(response.text()).select("input,button").stream()
                        .filter(field -> field.attr("name").equals(name))
                        .findFirst()
                        .flatMap(field -> text(field.attr("value")));
            case Query.HtmlMeta(String name) ->
                Jsoup.parse(response.text()).select("meta").stream()
                        .filter(meta -> meta.attr("name").equals(name))
                        .findFirst()
                        .flatMap(meta -> text(meta.attr("content")));
            case Query.Between(String left, String right) -> between(response.text(), left, right);
        };
    }

    private static Optional<JsonNode> oneOrAll(List<String> values) {
        if (values.size() <= 1) {
            return values.stream().findFirst().flatMap(Selecting::text);
        }
        ArrayNode all = NODES.arrayNode();
        values.forEach(all::add);
        return Optional.of(all);
    }

    private static Optional<JsonNode> text(String text) {
        return Optional.of(NODES.stringNode(text));
    }

    private static Optional<JsonNode> firstGroup(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        return Optional.ofNullable(matcher.group(Math.min(1, matcher.groupCount())))
                .flatMap(Selecting::text);
    }

    private static Optional<JsonNode> between(String text, String left, String right) {
        int start = text.indexOf(left);
        if (start < 0) {
            return Optional.empty();
        }
        int from = start + left.length();
        int endOfLine = text.indexOf('\n', from);
        String line = text.substring(from, endOfLine < 0 ? text.length() : endOfLine);
        int end = right.isEmpty() ? line.length() : line.indexOf(right);
        return end < 0 ? Optional.empty() : text(line.substring(0, end));
    }

    private static Optional<JsonNode> filtered(Filter filter, JsonNode value) {
        return switch (filter) {
            case Filter.Count() -> value.isContainer() ? Optional.of(NODES.numberNode(value.size())) : Optional.empty();
            case Filter.Nth(int index) ->
                value.isArray()
                        ? Optional.ofNullable(value.get(index < 0 ? value.size() + index : index))
                        : Optional.empty();
            case Filter.Regex(Pattern pattern) -> firstGroup(pattern, text(value));
            case Filter.ToInt() ->
                text(value).matches("[+-]?\\d{1,100}")
                        ? Optional.of(NODES.numberNode(new BigInteger(text(value))))
                        : Optional.empty();
            case Filter.Coding coding -> coding.of(text(value)).flatMap(Selecting::text);
            case Filter.PathSegment(int index) ->
                url(text(value))
                        .map(UrlParts::segments)
                        .filter(segments -> index < segments.size())
                        .flatMap(segments -> text(segments.get(index)));
            case Filter.QueryParameter(String name) ->
                url(text(value)).flatMap(url -> url.parameter(name)).flatMap(Selecting::text);
        };
    }

    private static Optional<UrlParts> url(String text) {
        try {
            return Optional.of(UrlParts.of(URI.create(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Path and query of a URL, in pieces, encoded as they came. */
    record UrlParts(List<String> segments, List<String> parameters) {
        static UrlParts of(URI url) {
            String path = String.valueOf(url.getRawPath()).replaceFirst("^/", "");
            String query = url.getRawQuery();
            return new UrlParts(
                    Arrays.asList(path.split("/")), query == null ? List.of() : Arrays.asList(query.split("&")));
        }

        Optional<String> parameter(String name) {
            return parameters.stream()
                    .filter(parameter -> parameter.startsWith(name + "="))
                    .findFirst()
                    .map(parameter -> parameter.substring(name.length() + 1));
        }
    }
}
