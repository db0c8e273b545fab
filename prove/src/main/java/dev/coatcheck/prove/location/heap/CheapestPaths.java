package dev.coatcheck.prove.location.heap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * The cheapest path from any root to some objects of a heap. Dijkstra's algorithm with a bucket for each distance, as
 * costs are small numbers: Dial, "Algorithm 360: shortest-path forest with topological ordering", 1969.
 */
final class CheapestPaths {
    private static final int NONE = -1;
    private static final int ROOT = -2;

    private final HeapGraph graph;
    private final int[] parents;
    private final int[] distances;
    private final IntStack[] buckets = new IntStack[HeapGraph.DEAREST + 1];

    private CheapestPaths(HeapGraph graph) {
        this.graph = graph;
        this.parents = new int[graph.size()];
        this.distances = new int[graph.size()];
        Arrays.fill(parents, NONE);
        Arrays.fill(distances, Integer.MAX_VALUE);
        Arrays.setAll(buckets, i -> new IntStack());
    }

    /** Goes on until it knows the paths to all of the objects that can be reached. */
    static CheapestPaths to(BitSet objects, HeapGraph graph) {
        CheapestPaths paths = new CheapestPaths(graph);
        paths.find(objects);
        return paths;
    }

    boolean reaches(int object) {
        return parents[object] != NONE;
    }

    int cost(int object) {
        return distances[object];
    }

    /** From a root to the object, both included. */
    List<Integer> path(int object) {
        List<Integer> path = new ArrayList<>();
        for (int at = object; at != ROOT; at = parents[at]) {
            path.add(at);
        }
        Collections.reverse(path);
        return path;
    }

    private void find(BitSet objects) {
        BitSet settled = new BitSet(graph.size());
        int left = objects.cardinality();
        graph.roots((root, cost) -> reach(root, ROOT, cost));
        int emptyInARow = 0;
        for (int distance = 0; emptyInARow < buckets.length && left > 0; distance++) {
            IntStack bucket = buckets[distance % buckets.length];
            emptyInARow = bucket.isEmpty() ? emptyInARow + 1 : 0;
            while (!bucket.isEmpty()) {
                int object = bucket.pop();
                if (settled.get(object)) {
                    continue; // reached at a lower cost meanwhile
                }
                settled.set(object);
                left -= objects.get(object) ? 1 : 0;
                int here = distance;
                graph.references(object, (to, cost) -> reach(to, object, here + cost));
            }
        }
    }

    private void reach(int object, int from, int distance) {
        if (distance < distances[object]) {
            distances[object] = distance;
            parents[object] = from;
            buckets[distance % buckets.length].push(object);
        }
    }

    private static final class IntStack {
        private int[] values = new int[16];
        private int size;

        void push(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        int pop() {
            return values[--size];
        }

        boolean isEmpty() {
            return size == 0;
        }
    }
}
