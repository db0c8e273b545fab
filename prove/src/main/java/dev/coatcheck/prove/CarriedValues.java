package dev.coatcheck.prove;

import dev.coatcheck.prove.compare.SecretNames;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.scenario.Step;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The values by which what a step left may be known again: what its response gave to the user, and what its request brought.
 * Passwords are no such values: nobody should keep them, and a report should not show them.
 */
final class CarriedValues {
    /** More of one list tell no more. */
    private static final int MOST = 500;

    private static final JsonMapper JSON = new JsonMapper();

    /** What stands for a body that is a file or bytes. */
    private static final Pattern NOT_SHOWN = Pattern.compile("@.*|\\([0-9]+ bytes\\)");

    private final String step;
    private final Map<String, String> values = new LinkedHashMap<>();

    private CarriedValues(Exchange exchange) {
        step = " of step " + exchange.step().number();
    }

    /** The values by where they come from, in words; what the response gave first. */
    static Map<String, String> of(Exchange exchange) {
        CarriedValues carried = new CarriedValues(exchange);
        if (exchange.outcome() instanceof Outcome.Answered(SentRequest request, Response response)) {
            response.cookies().forEach((name, value) -> carried.add("the cookie " + name, value));
            exchange.values().forEach(carried::add);
            carried.addBody(request.body());
            carried.addPath(request.target());
            carried.addJson("the response's", response.text());
        }
        return carried.values;
    }

    /** Those alone that the response gave, so that they can be known only from it. */
    static Map<String, String> given(Exchange exchange) {
        CarriedValues given = new CarriedValues(exchange);
        given.addCookies(exchange);
        given.addCaptures(exchange, capture -> true);
        return given.values;
    }

    /**
     * Those of the given by which a later step may ask for what was left: the captures that its request names. It sends all
     * cookies, needed or not; so they count only where it names nothing, or is refused for who sends it.
     *
     * @param refused whether the later step was answered 401 or 403
     */
    static Map<String, String> givenAndCarried(Exchange exchange, Step later, boolean refused) {
        CarriedValues carried = new CarriedValues(exchange);
        // A template tells its variables as they are written.
        String request = later.request().toString();
        carried.addCaptures(exchange, request::contains);
        if (refused || names(exchange).noneMatch(request::contains)) {
            carried.addCookies(exchange);
        }
        return carried.values;
    }

    private static Stream<String> names(Exchange exchange) {
        return exchange.step().captures().stream().map(captured -> "{{" + captured.name() + "}}");
    }

    private void addCookies(Exchange exchange) {
        exchange.response()
                .ifPresent(response -> response.cookies().forEach((name, value) -> add("the cookie " + name, value)));
    }

    private void addCaptures(Exchange exchange, Predicate<String> which) {
        names(exchange)
                .filter(which)
                .forEach(name -> add(name, exchange.values().getOrDefault(name, "")));
    }

    private void add(String what, String value) {
        if (values.size() == MOST || value.isBlank() || SecretNames.isPassword(what) || values.containsValue(value)) {
            return;
        }
        String place = what + step;
        for (int number = 2; values.containsKey(place); number++) {
            place = what + ", no. " + number + "," + step; // of a list
        }
        values.put(place, value);
    }

    private void addBody(String body) {
        if (addJson("the request's", body)) {
            return;
        }
        if (body.contains("=")) {
            addFields("the field ", body);
        } else if (!NOT_SHOWN.matcher(body).matches()) {
            add("the body", body.strip());
        }
    }

    private void addFields(String what, String fields) {
        for (String field : fields.split("&", -1)) {
            String[] parts = field.split("=", 2);
            addText(what + parts[0], parts[0], decoded(parts.length < 2 ? "" : parts[1]));
        }
    }

    private void addPath(String target) {
        String[] parts = target.split("\\?", 2);
        String[] segments = parts[0].split("/", -1);
        for (int i = 1; i < segments.length; i++) {
            add("part " + i + " of the path", decoded(segments[i]));
        }
        if (parts.length > 1) {
            addFields("the parameter ", parts[1]);
        }
    }

    private boolean addJson(String whose, String text) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return false;
        }
        try {
            addLeaves(whose, "", JSON.readTree(text));
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    private void addLeaves(String whose, String name, JsonNode node) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> addLeaves(
                            whose, name.isEmpty() ? field.getKey() : name + "." + field.getKey(), field.getValue()));
        } else if (node.isArray()) {
            node.forEach(element -> addLeaves(whose, name, element));
        } else if (node.isString() || node.isNumber()) {
            // What stands in a list alone has no name.
            addText(name.isEmpty() ? whose + " value" : whose + " '" + name + "'", name, node.asString());
        }
    }

    /** Of code that a request brings, what the user wrote in it. */
    private void addText(String what, String name, String text) {
        if (GraphQl.isDocument(name, text)) {
            GraphQl.literals(text).forEach(literal -> add("a literal in " + what, literal));
        } else {
            add(what, text);
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
