package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.heap.Counterpart.End;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows a path of one heap of Node in another: that of the same process at another time, or of another process of the same
 * program. The way is told by names: of variables, properties, positions in arrays and, in a map, keys.
 */
final class NodeCounterpart {
    private static final End MISSING = new End.Missing();
    private static final End LOST = new End.Lost();

    private final NodeHeap from;
    private final NodeScopes fromScopes;
    private final NodeHeap to;
    private final NodeScopes toScopes;

    /** Many ways lead through the same objects: what each refers to there, and the entries of tables, by their keys. */
    private final Map<Integer, Map<String, Integer>> references = new HashMap<>();

    private final Map<Integer, Map<String, Integer>> entries = new HashMap<>();

    /** Of the tables on this side, by where it stands in them. */
    private final Map<Integer, Map<Integer, Integer>> positions = new HashMap<>();

    NodeCounterpart(NodeHeap from, NodeScopes fromScopes, NodeHeap to) {
        this.from = from;
        this.fromScopes = fromScopes;
        this.to = to;
        this.toScopes = new NodeScopes(to);
    }

    /** @param lastEdge by which the path goes on from its last object */
    End follow(List<Integer> path, int lastEdge) {
        Optional<Integer> root = toScopes.counterpart(fromScopes, path.getFirst());
        End at = root.isPresent() ? new End.Found(root.get()) : LOST;
        for (int i = 0; i < path.size() && at instanceof End.Found(int there); i++) {
            int here = path.get(i);
            int edge = i + 1 < path.size() ? from.cheapestEdge(here, path.get(i + 1)) : lastEdge;
            at = isAlike(here, there) ? next(here, edge, there) : NodeValue.isNothing(to, there) ? MISSING : LOST;
        }
        return at;
    }

    /** Whether both are objects of one class, where they are objects. */
    private boolean isAlike(int here, int there) {
        return !from.type(here).equals("object") || from.name(here).equals(to.name(there));
    }

    private End next(int here, int edge, int there) {
        return isTable(here) ? entry(here, edge, there) : step(edge, there);
    }

    /** Of the array that a Map keeps its entries in. */
    private boolean isTable(int object) {
        return from.type(object).equals("array") && !from.name(object).startsWith("(object ");
    }

    private End step(int edge, int there) {
        Integer found = references.computeIfAbsent(there, this::references).get(reference(from, edge));
        // Variables are there as long as their function is, so that this is another one.
        return found != null ? new End.Found(found) : from.edgeKind(edge).equals("context") ? LOST : MISSING;
    }

    private Map<String, Integer> references(int object) {
        Map<String, Integer> all = new HashMap<>();
        for (int edge = to.firstEdge(object); edge < to.firstEdge(object + 1); edge++) {
            all.putIfAbsent(reference(to, edge), to.edgeTarget(edge));
        }
        return all;
    }

    private static String reference(NodeHeap heap, int edge) {
        return heap.edgeKind(edge) + " " + heap.edgeName(edge);
    }

    /** The entry with the same key, wherever it lies in the other table; a key that is no text has no name. */
    private End entry(int table, int edge, int there) {
        String name = from.edgeName(edge);
        Integer key = NodePath.isIndex(name)
                ? positions.computeIfAbsent(table, at -> positions(from, at)).get(Integer.parseInt(name) - 1)
                : null;
        String text = key == null ? "" : from.text(key);
        if (text.isEmpty()) {
            return LOST;
        }
        Integer found = entries.computeIfAbsent(there, this::entries).get(text);
        return found == null ? MISSING : new End.Found(found);
    }

    private Map<String, Integer> entries(int table) {
        Map<Integer, Integer> all = positions(to, table);
        Map<String, Integer> values = new HashMap<>();
        all.forEach((position, value) -> {
            Integer key = all.get(position - 1);
            if (key != null) {
                values.put(to.text(key), value);
            }
        });
        return values;
    }

    /** What a table refers to: a key, its value right after it, and then a number, which is no reference. */
    private static Map<Integer, Integer> positions(NodeHeap heap, int table) {
        Map<Integer, Integer> all = new HashMap<>();
        for (int edge = heap.firstEdge(table); edge < heap.firstEdge(table + 1); edge++) {
            if (heap.edgeKind(edge).equals("internal") && NodePath.isIndex(heap.edgeName(edge))) {
                all.put(Integer.parseInt(heap.edgeName(edge)), heap.edgeTarget(edge));
            }
        }
        return all;
    }
}
