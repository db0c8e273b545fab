package dev.coatcheck.prove.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Trees of JSON, as they are compared. */
final class Trees {
    /** By the first text that differs. */
    static final Comparator<List<String>> BY_KEY = (left, right) -> {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order = left.get(i).compareTo(right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    };

    private Trees() {}

    static String text(JsonNode node) {
        return node.isString() ? node.stringValue() : node.toString();
    }

    /** Whether length and characters of its text say something. */
    static boolean hasShape(JsonNode node) {
        return node.isString() || node.isNumber();
    }

    static String field(String place, String name) {
        return name.matches("[\\p{L}_*][\\p{L}\\p{N}_-]*") ? place + "." + name : place + "['" + name + "']";
    }

    /** The scalars inside a value, by their places. */
    static Map<String, String> leaves(JsonNode node, Names names) {
        Map<String, String> leaves = new TreeMap<>();
        collect("", node, names, leaves);
        return leaves;
    }

    private static void collect(String place, JsonNode node, Names names, Map<String, String> into) {
        if (node.isObject()) {
            node.forEachEntry((name, value) -> collect(field(place, name), value, names, into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(place + "[" + i + "]", node.get(i), names, into);
            }
        } else {
            into.put(place, names.rename(text(node)));
        }
    }

    /** For each element of a list its values at these places. */
    static List<List<String>> keys(JsonNode list, List<String> places, Names names) {
        return list.values().stream()
                .map(element -> key(element, places, names))
                .toList();
    }

    private static List<String> key(JsonNode element, List<String> places, Names names) {
        Map<String, String> leaves = leaves(element, names);
        return places.stream().map(place -> leaves.getOrDefault(place, "")).toList();
    }

    /** The elements of a list by their values at these places; as they are, where there are none. */
    static List<JsonNode> sorted(JsonNode list, List<String> places, Names names) {
        List<JsonNode> elements = new ArrayList<>(list.values());
        if (!places.isEmpty()) {
            elements.sort(Comparator.comparing(element -> key(element, places, names), BY_KEY));
        }
        return elements;
    }

    /** How often a list has each of its elements. */
    static Map<String, Integer> counted(JsonNode list, Names names) {
        Map<String, Integer> counted = new LinkedHashMap<>();
        list.values().forEach(element -> counted.merge(names.rename(text(element)), 1, Integer::sum));
        return counted;
    }
}
