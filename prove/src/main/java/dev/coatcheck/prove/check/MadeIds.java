package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Counting;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Where a step that makes things says which one it has made: in the path that it leads to, or in a field that is called so. That a
 * field names a thing, and not the request, is seen where the scenario takes it from there, or a read shows it again.
 */
final class MadeIds {
    /** Fewer could be other ones each time by chance. */
    private static final int LEAST = 3;

    private static final Pattern CALLED_ID =
            Pattern.compile("(?i)(.*[_-])?(id|uuid|number|no|nr|code|key|ref)|.*(Id|Uuid|UUID|ID|Number|Key|Ref)");

    private static final String LOCATION = "Location";

    private MadeIds() {}

    /** @param name a path as {@code $.id}, or {@code Location} */
    record Place(String name) {
        boolean isHeader() {
            return name.equals(LOCATION);
        }

        private String field() {
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }

    /** The places at which all answers of the same kind have something else; none where there are few of them. */
    static Set<Place> in(List<Exchange> made) {
        List<Map<Place, String>> all = made.stream()
                .filter(Exchange::isAsExpected)
                .filter(exchange ->
                        Answer.of(exchange).isAccepted() || Answer.of(exchange).isRedirect())
                .map(MadeIds::of)
                .toList();
        if (all.size() < LEAST) {
            return Set.of();
        }
        Set<Place> places = new HashSet<>(all.getFirst().keySet());
        places.removeIf(place -> all.stream().anyMatch(values -> !values.containsKey(place))
                || all.stream()
                                .map(values -> values.get(place))
                                .collect(Collectors.toSet())
                                .size()
                        < all.size());
        return places;
    }

    /**
     * Whether what stands at the place is the id of a thing.
     *
     * @param made the answers that gave it out
     * @param all the conversation
     */
    static boolean isOfThing(Place place, List<Exchange> made, List<Exchange> all) {
        Set<String> given = made.stream()
                .map(exchange -> of(exchange).get(place))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        boolean isTaken = made.stream()
                .anyMatch(exchange -> exchange.values().values().stream().anyMatch(given::contains));
        return place.isHeader()
                || isTaken
                || all.stream()
                        .filter(exchange -> exchange.step().request().isSafe())
                        .flatMap(exchange -> exchange.response().flatMap(Response::json).stream())
                        .anyMatch(json -> shows(json, place.field(), given));
    }

    private static boolean shows(JsonNode json, String field, Set<String> given) {
        return json.properties().stream()
                        .anyMatch(entry -> entry.getKey().equals(field)
                                && entry.getValue().isValueNode()
                                && given.contains(entry.getValue().asString("")))
                || json.valueStream().anyMatch(inside -> shows(inside, field, given));
    }

    /** What the answer says at such places. */
    static Map<Place, String> of(Exchange exchange) {
        Map<Place, String> values = new HashMap<>();
        Optional<Response> response = exchange.response();
        response.flatMap(answer -> answer.header(LOCATION)).ifPresent(to -> values.put(new Place(LOCATION), to));
        response.filter(Response::isJson).flatMap(Response::json).ifPresent(json -> add("$", json, values));
        return values;
    }

    private static void add(String path, JsonNode node, Map<Place, String> values) {
        if (node.isObject()) {
            node.properties().forEach(field -> {
                String at = path + "." + field.getKey();
                if (!field.getValue().isValueNode()) {
                    add(at, field.getValue(), values);
                } else if (CALLED_ID.matcher(field.getKey()).matches() && !Counting.namesRequest(field.getKey())) {
                    values.put(new Place(at), field.getValue().asString(""));
                }
            });
        }
    }
}
