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
    private final Ints[] buckets = new Ints[HeapGraph.DEAREST + 1];

    private CheapestPaths(HeapGraph graph) {
        this.graph = graph;
        this.parents = new int[graph.size()];
        this.distances = new int[graph.size()];
        Arrays.fill(parents, NONE);
        Arrays.fill(distances, Integer.MAX_VALUE);
        Arrays.setAll(buckets, i -> new Ints(16));
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
            Ints bucket = buckets[distance % buckets.length];
            emptyInARow = bucket.size() == 0 ? emptyInARow + 1 : 0;
            while (bucket.size() > 0) {
                int object = bucket.removeLast();
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
            buckets[distance % buckets.length].add(object);
        }
    }
}
