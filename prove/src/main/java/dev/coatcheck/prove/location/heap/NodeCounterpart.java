package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.heap.Counterpart.End;
import java.util.List;
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
            at = isTable(here) ? entry(here, edge, there) : step(edge, there);
        }
        return at;
    }

    /** Of the array that a Map keeps its entries in. */
    private boolean isTable(int object) {
        return from.type(object).equals("array") && !from.name(object).startsWith("(object ");
    }

    private End step(int edge, int there) {
        String kind = from.edgeKind(edge);
        String name = from.edgeName(edge);
        for (int other = to.firstEdge(there); other < to.firstEdge(there + 1); other++) {
            if (to.edgeKind(other).equals(kind) && to.edgeName(other).equals(name)) {
                return new End.Found(to.edgeTarget(other));
            }
        }
        // Variables are there as long as their function is, so that this is another one.
        return kind.equals("context") ? LOST : MISSING;
    }

    /** The entry with the same key, wherever it lies in the other table; a key that is no text has no name. */
    private End entry(int table, int edge, int there) {
        int key = keyOf(from, table, edge);
        String text = key < 0 ? "" : from.text(key);
        if (text.isEmpty()) {
            return LOST;
        }
        for (int other = to.firstEdge(there); other < to.firstEdge(there + 1); other++) {
            int otherKey = keyOf(to, there, other);
            if (otherKey >= 0 && to.text(otherKey).equals(text)) {
                return new End.Found(to.edgeTarget(other));
            }
        }
        return MISSING;
    }

    /** The key before the value that a reference of a table leads to; -1 where that is the key itself, or no reference. */
    private static int keyOf(NodeHeap heap, int table, int edge) {
        String name = heap.edgeName(edge);
        if (!heap.edgeKind(edge).equals("internal") || !NodePath.isIndex(name)) {
            return -1;
        }
        return heap.target(table, Integer.toString(Integer.parseInt(name) - 1));
    }
}
