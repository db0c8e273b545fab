package dev.coatcheck.prove.scenario.hurl;

import com.google.re2j.PatternSyntaxException;
import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Filter;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Operand;
import dev.coatcheck.prove.scenario.Place;
import dev.coatcheck.prove.scenario.Predicate;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The lines of {@code [Asserts]}, and the selections that captures are made of. */
final class HurlAssert {
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9]*|[=!<>]=|[<>]");
    private static final Pattern INDEX = Pattern.compile("-?\\d{1,9}(?![\\d.])");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");
    private static final String QUERIES = "status, header, cookie, body, jsonpath and regex";
    private static final String PREDICATES = "==, !=, <, <=, >, >=, contains, startsWith, endsWith, matches, exists,"
            + " isEmpty, isString, isNumber, isInteger, isBoolean and isList";

    private final HurlText lines;
    private final Cursor cursor;

    HurlAssert(HurlText lines) {
        this.lines = lines;
        this.cursor = lines.cursor();
    }

    Assertion read() {
        Place place = cursor.place();
        Selection selection = selection();
        boolean negated = word().equals("not");
        if (negated) {
            skipWord();
        }
        if (word().equals("!=")) {
            cursor.take(WORD);
            return new Assertion(selection, !negated, new Predicate.Equal(operand()), place);
        }
        return new Assertion(selection, negated, predicate(), place);
    }

    /** A query and its filters; stops before the first word that is neither. */
    Selection selection() {
        Query query = query();
        List<Filter> filters = new ArrayList<>();
        for (Optional<Filter> filter = filter(); filter.isPresent(); filter = filter()) {
            filters.add(filter.get());
        }
        return new Selection(query, filters);
    }

    private Query query() {
        int start = cursor.offset();
        String word = cursor.take(WORD);
        cursor.skipBlanks();
        return switch (word) {
            case "status" -> new Query.Status();
            case "body" -> new Query.Body();
            case "header" -> new Query.Header(lines.quotedLiteral("the name of a header"));
            case "cookie" -> cookie();
            case "jsonpath" -> jsonPath();
            case "regex" -> new Query.Regex(regex());
            case "xpath" ->
                throw cursor.errorAt(
                        start, "xpath is not taken; take the value with regex \"…(…)…\". Known are " + QUERIES);
            default -> throw cursor.errorAt(start, "expected what to look at; known are " + QUERIES);
        };
    }

    private Query cookie() {
        int start = cursor.offset();
        String name = lines.quotedLiteral("the name of a cookie");
        if (name.contains("[")) {
            throw cursor.errorAt(start, "the attributes of a cookie are not taken; write its name alone");
        }
        return new Query.Cookie(name);
    }

    private Query jsonPath() {
        int start = cursor.offset();
        String path = lines.quotedLiteral("a JSONPath");
        try {
            return new Query.Json(JsonPath.parse(path));
        } catch (IllegalArgumentException e) {
            throw cursor.errorAt(start, String.valueOf(e.getMessage()));
        }
    }

    private com.google.re2j.Pattern regex() {
        int start = cursor.offset();
        String expression = cursor.peek() == '/' ? lines.quoted('/').toString() : lines.quotedLiteral("an expression");
        try {
            return com.google.re2j.Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw cursor.errorAt(start, "this is no regular expression: " + e.getDescription());
        }
    }

    private String word() {
        cursor.skipBlanks();
        int start = cursor.offset();
        String word = cursor.take(WORD);
        cursor.moveTo(start);
        return word;
    }

    private Optional<Filter> filter() {
        return switch (word()) {
            case "count" -> taken(new Filter.Count());
            case "toInt" -> taken(new Filter.ToInt());
            case "nth" -> {
                skipWord();
                yield Optional.of(new Filter.Nth(index()));
            }
            case "regex" -> {
                skipWord();
                yield Optional.of(new Filter.Regex(regex()));
            }
            default -> coding();
        };
    }

    private Optional<Filter> taken(Filter filter) {
        skipWord();
        return Optional.of(filter);
    }

    private void skipWord() {
        cursor.take(WORD);
        cursor.skipBlanks();
    }

    private Optional<Filter> coding() {
        for (Filter.Coding coding : Filter.Coding.values()) {
            if (word().equals(coding.toString())) {
                return taken(coding);
            }
        }
        return Optional.empty();
    }

    private int index() {
        String index = cursor.take(INDEX);
        if (index.isEmpty()) {
            throw cursor.error("expected the index of an element, as in 'nth 0'");
        }
        return Integer.parseInt(index);
    }

    private Predicate predicate() {
        int start = cursor.offset();
        String word = cursor.take(WORD);
        for (Predicate.IsType type : Predicate.IsType.values()) {
            if (word.equals(type.toString())) {
                return type;
            }
        }
        for (Predicate.Relation relation : Predicate.Relation.values()) {
            if (word.equals(relation.toString())) {
                return new Predicate.Compared(relation, operand());
            }
        }
        return switch (word) {
            case "==" -> new Predicate.Equal(operand());
            case "contains" -> new Predicate.Contains(operand());
            case "startsWith" -> new Predicate.StartsWith(operand());
            case "endsWith" -> new Predicate.EndsWith(operand());
            case "exists" -> new Predicate.Exists();
            case "isEmpty" -> new Predicate.IsEmpty();
            case "matches" -> {
                cursor.skipBlanks();
                yield new Predicate.Matches(regex());
            }
            default ->
                throw cursor.errorAt(
                        start,
                        "expected a predicate, not '" + (word.isEmpty() ? lines.excerpt() : word) + "'; known are "
                                + PREDICATES + ", each with 'not' before it where it has to be false");
        };
    }

    private Operand operand() {
        cursor.skipBlanks();
        if (cursor.peek() == '"') {
            return new Operand.Text(lines.quoted('"'));
        }
        if (cursor.at("{{")) {
            return new Operand.Variable(cursor.variable().name());
        }
        int start = cursor.offset();
        String number = cursor.take(NUMBER);
        if (!number.isEmpty()) {
            return new Operand.Decimal(new BigDecimal(number));
        }
        return switch (cursor.take(WORD)) {
            case "true" -> new Operand.Bool(true);
            case "false" -> new Operand.Bool(false);
            case "null" -> new Operand.Null();
            default ->
                throw cursor.errorAt(
                        start,
                        "expected a value: a text in quotes, a number, true, false, null or a {{variable}}; a variable"
                                + " as text stands in quotes");
        };
    }
}
