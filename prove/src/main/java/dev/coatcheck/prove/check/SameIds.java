package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Whether two steps that ask for the same kind of thing get the same answer from two processes and different ones from one:
 * then each process numbers things for itself.
 */
final class SameIds {
    private SameIds() {}

    static boolean areGivenTwice(Run split, Run unsplit, int first, int second) {
        Map<String, JsonNode> apart = leaves(split, first);
        Map<String, JsonNode> other = leaves(split, second);
        Map<String, JsonNode> together = leaves(unsplit, first);
        Map<String, JsonNode> next = leaves(unsplit, second);
        return title(split, first).equals(title(split, second))
                && apart.keySet().stream()
                        .anyMatch(path -> together.containsKey(path)
                                && next.containsKey(path)
                                && Objects.equals(apart.get(path), other.get(path))
                                && !Objects.equals(together.get(path), next.get(path)));
    }

    private static Optional<Exchange> exchange(Run run, int step) {
        return run.exchanges().stream()
                .filter(exchange -> exchange.step().number() == step)
                .findFirst();
    }

    private static Optional<String> title(Run run, int step) {
        return exchange(run, step).map(exchange -> exchange.step().title());
    }

    private static Map<String, JsonNode> leaves(Run run, int step) {
        Map<String, JsonNode> leaves = new HashMap<>();
        exchange(run, step)
                .flatMap(Exchange::response)
                .flatMap(Response::json)
                .ifPresent(json -> add("", json, leaves));
        return leaves;
    }

    private static void add(String path, JsonNode node, Map<String, JsonNode> leaves) {
        if (node.isObject()) {
            node.properties().forEach(field -> add(path + "/" + field.getKey(), field.getValue(), leaves));
        } else if (node.isValueNode()) {
            leaves.put(path, node);
        }
    }
}
