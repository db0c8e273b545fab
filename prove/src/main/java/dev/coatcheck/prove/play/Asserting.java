package dev.coatcheck.prove.play;

import com.google.re2j.Pattern;
import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.Operand;
import dev.coatcheck.prove.scenario.Predicate;
import dev.coatcheck.prove.scenario.Template;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Holds an {@link Assertion} against a response. */
final class Asserting {
    private final Function<String, Optional<String>> variables;

    private Asserting(Function<String, Optional<String>> variables) {
        this.variables = variables;
    }

    /** Empty where the sentence is true; else what is so instead. */
    static Optional<String> unmet(
            Assertion assertion, Response response, Function<String, Optional<String>> variables) {
        Optional<JsonNode> value = response.select(assertion.selection());
        boolean holds = new Asserting(variables).holds(assertion.predicate(), value);
        if (holds != assertion.negated()) {
            return Optional.empty();
        }
        String instead = value.map(node -> "it is " + excerpt(node)).orElse("there is none");
        return Optional.of(assertion.place() + ": expected " + assertion + ", but " + instead);
    }

    private static String excerpt(JsonNode node) {
        String text = node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    private boolean holds(Predicate predicate, Optional<JsonNode> value) {
        if (value.isEmpty()) {
            return false;
        }
        JsonNode node = value.get();
        return switch (predicate) {
            case Predicate.Equal(Operand operand) -> equal(node, operand);
            case Predicate.Compared(Predicate.Relation relation, Operand operand) ->
                number(node)
                        .flatMap(left -> number(operand).map(right -> relation.holds(left.compareTo(right))))
                        .orElse(false);
            case Predicate.Contains(Operand operand) ->
                node.isArray()
                        ? node.values().stream().anyMatch(element -> equal(element, operand))
                        : Selecting.text(node).contains(text(operand));
            case Predicate.StartsWith(Operand operand) -> Selecting.text(node).startsWith(text(operand));
            case Predicate.EndsWith(Operand operand) -> Selecting.text(node).endsWith(text(operand));
            case Predicate.Matches(Pattern pattern) ->
                pattern.matcher(Selecting.text(node)).find();
            case Predicate.Exists() -> true;
            case Predicate.IsEmpty() ->
                node.isContainer()
                        ? node.isEmpty()
                        : node.isString() && node.stringValue().isEmpty();
            case Predicate.IsType type ->
                switch (type) {
                    case IS_STRING -> node.isString();
                    case IS_NUMBER -> node.isNumber();
                    case IS_INTEGER -> node.isIntegralNumber();
                    case IS_BOOLEAN -> node.isBoolean();
                    case IS_LIST -> node.isArray();
                };
        };
    }

    private boolean equal(JsonNode node, Operand operand) {
        return switch (operand) {
            case Operand.Text(Template text) ->
                node.isString() && node.stringValue().equals(rendered(text));
            case Operand.Decimal(BigDecimal number) ->
                node.isNumber() && node.decimalValue().compareTo(number) == 0;
            case Operand.Bool(boolean bool) -> node.isBoolean() && node.booleanValue() == bool;
            case Operand.Null() -> node.isNull();
            case Operand.Variable variable -> Selecting.text(node).equals(text(variable));
        };
    }

    private static Optional<BigDecimal> number(JsonNode node) {
        return node.isNumber() ? Optional.of(node.decimalValue()) : number(Selecting.text(node));
    }

    private Optional<BigDecimal> number(Operand operand) {
        return number(text(operand));
    }

    private static Optional<BigDecimal> number(String text) {
        return text.matches("-?\\d{1,100}(\\.\\d{1,100})?") ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }

    private String text(Operand operand) {
        return switch (operand) {
            case Operand.Text(Template text) -> rendered(text);
            case Operand.Decimal(BigDecimal number) -> number.toPlainString();
            case Operand.Bool(boolean bool) -> Boolean.toString(bool);
            case Operand.Null() -> "null";
            case Operand.Variable(String name) -> variables.apply(name).orElse("");
        };
    }

    private String rendered(Template template) {
        return template.render(name -> variables.apply(name).orElse(""));
    }
}
