package dev.coatcheck.prove;

import dev.coatcheck.prove.compare.SecretNames;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The numbers and truth values that an answer tells, by where they stand in it: of JSON by their path, and how long each list
 * is; of other text by their order. Parts of dates, versions and ids are none, nor what gives access, as a PIN does.
 */
final class AnsweredNumbers {
    /** A truth value is 1 or 0. */
    record Value(double number, boolean truth) {}

    /** What tells more is a table, of which nobody knows what to look at. */
    private static final int MOST = 500;

    private static final Pattern NUMBER =
            Pattern.compile("(?<![\\p{L}\\p{N}.:_-])-?\\d{1,12}(\\.\\d{1,6})?(?![\\p{L}\\p{N}:_-]|\\.\\d)");

    private final Map<String, Value> values = new HashMap<>();

    private AnsweredNumbers() {}

    static Map<String, Value> in(Exchange exchange) {
        AnsweredNumbers numbers = new AnsweredNumbers();
        exchange.response().filter(Response::isText).ifPresent(response -> {
            Optional<JsonNode> json = response.isJson() ? response.json() : Optional.empty();
            json.ifPresentOrElse(tree -> numbers.add("$", tree), () -> numbers.addText("", response.text()));
        });
        return numbers.values;
    }

    /** Those that all of the answers tell alike; what varies is nobody's. */
    static Map<String, Value> inAll(List<Exchange> exchanges) {
        Map<String, Value> common = exchanges.isEmpty() ? new HashMap<>() : in(exchanges.getFirst());
        exchanges.forEach(exchange -> common.entrySet().retainAll(in(exchange).entrySet()));
        return common;
    }

    /** The numbers that a request names. */
    static Set<Double> askedFor(Exchange exchange) {
        Set<Double> asked = new HashSet<>();
        if (exchange.outcome() instanceof Outcome.Answered(SentRequest request, Response ignored)) {
            Matcher matcher = NUMBER.matcher(request.target() + " " + request.body());
            while (matcher.find()) {
                asked.add(Double.parseDouble(matcher.group()));
            }
        }
        return asked;
    }

    private void add(String path, JsonNode node) {
        if (node.isObject()) {
            node.properties().stream()
                    .filter(field -> !SecretNames.givesAccess(field.getKey()))
                    .forEach(field -> add(path + "." + field.getKey(), field.getValue()));
        } else if (node.isArray()) {
            add(path + ".length", new Value(node.size(), false));
            for (int i = 0; i < node.size(); i++) {
                add(path + "[" + i + "]", node.get(i));
            }
        } else if (node.isBoolean()) {
            add(path, new Value(node.booleanValue() ? 1 : 0, true));
        } else if (node.isNumber()) {
            add(path, new Value(node.doubleValue(), false));
        } else if (node.isString()) {
            addText(path, node.stringValue());
        }
    }

    private void addText(String path, String text) {
        Matcher matcher = NUMBER.matcher(text);
        for (int i = 1; matcher.find() && i <= MOST; i++) {
            add(path + "#" + i, new Value(Double.parseDouble(matcher.group()), false));
        }
    }

    private void add(String place, Value value) {
        if (values.size() < MOST) {
            values.put(place, value);
        }
    }
}
