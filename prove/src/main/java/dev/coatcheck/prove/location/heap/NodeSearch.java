package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds, in a heap snapshot of Node, the paths that lead to needles: to strings, and to properties that are named by one,
 * as objects are that serve as maps.
 */
public final class NodeSearch {
    /** What a place costs in addition where it holds more than the needle: a header, a line of a log. */
    private static final int NOT_WHOLE = 8;

    /** Paths that cost so much more than the best say nothing more. */
    private static final int MARGIN = 8;

    /** A variable of the application says more than one of a package, which may be a cache of what it has parsed. */
    private static final int MARGIN_OF_APPLICATION = 24;

    private static final int MOST_PATHS = 3;

    /**
     * A place.
     *
     * @param edge the property that is named by the needle; -1 where the object is a string
     */
    private record Match(int object, int edge, boolean whole) {}

    private record Found(Match match, int cost) {}

    private final NodeHeap heap;
    private final PatternSearch search;
    private final Set<String> texts = new HashSet<>();
    private final BitSet holding = new BitSet();
    private final BitSet whole = new BitSet();

    private NodeSearch(NodeHeap heap, PatternSearch search, Collection<Needle> needles) {
        this.heap = heap;
        this.search = search;
        needles.forEach(needle -> texts.add(needle.text()));
        List<String> strings = heap.strings();
        for (int i = 0; i < strings.size(); i++) {
            byte[] bytes = strings.get(i).getBytes(StandardCharsets.UTF_8);
            if (search.firstIn(bytes, 0, bytes.length) >= 0) {
                holding.set(i);
                whole.set(i, texts.contains(strings.get(i)));
            }
        }
    }

    /**
     * What a snapshot tells.
     *
     * @param paths in words, the most telling first; none where no object that lives holds a needle
     * @param isWhole whether there are no worker threads, each of which has a heap of its own that no snapshot shows
     */
    public record Findings(List<String> paths, boolean isWhole) {}

    /**
     * Looks for the needles.
     *
     * @throws IOException if the file is no heap snapshot, or not a whole one
     */
    public static Findings search(Path snapshot, Collection<Needle> needles) throws IOException {
        PatternSearch search = new PatternSearch(needles);
        NodeHeap heap = NodeHeap.read(snapshot);
        return new Findings(new NodeSearch(heap, search, needles).paths(), !hasWorkerThreads(heap));
    }

    /** The end of its channel that a worker's owner holds, until the worker is gone. */
    private static boolean hasWorkerThreads(NodeHeap heap) {
        int port = heap.strings().indexOf("<symbol kPublicPort>");
        return port >= 0
                && IntStream.range(0, heap.edges())
                        .anyMatch(edge -> heap.propertyNameIndex(edge) == port
                                && heap.name(heap.edgeTarget(edge)).equals("MessagePort"));
    }

    private List<String> paths() {
        List<Match> matches = matches();
        BitSet objects = new BitSet();
        matches.forEach(match -> objects.set(match.object));
        CheapestPaths paths = CheapestPaths.to(objects, heap);
        List<Found> found = new ArrayList<>();
        for (Match match : matches) {
            if (paths.reaches(match.object)) {
                found.add(new Found(match, paths.cost(match.object) + (match.whole ? 0 : NOT_WHOLE)));
            }
        }
        found.sort(Comparator.comparingInt(Found::cost));
        NodePath words = new NodePath(heap, search);
        List<Place> places = found.stream()
                .filter(place -> place.cost <= found.getFirst().cost + MARGIN_OF_APPLICATION)
                .map(place -> new Place(place, words.inWords(paths.path(place.match.object), place.match.edge)))
                .filter(place -> place.isNear(found.getFirst()))
                .sorted(Comparator.comparing(Place::isPart).thenComparing(place -> place.words.owner()))
                .toList();
        return AlikePaths.folded(
                        places.stream().map(place -> place.words.path()).toList())
                .stream()
                .limit(MOST_PATHS)
                .toList();
    }

    private record Place(Found found, NodePath.Words words) {
        boolean isPart() {
            return !found.match.whole;
        }

        boolean isNear(Found best) {
            boolean own = words.owner() == NodePath.Owner.APPLICATION && (found.match.whole || !best.match.whole);
            return found.cost <= best.cost + (own ? MARGIN_OF_APPLICATION : MARGIN);
        }
    }

    private List<Match> matches() {
        List<Match> matches = new ArrayList<>();
        for (int object = 0; object < heap.size(); object++) {
            int text = heap.nameIndex(object);
            if (heap.isString(object) && holding.get(text)) {
                matches.add(new Match(object, -1, whole.get(text)));
            }
            switch (heap.type(object)) {
                case "concatenated string" -> {
                    String joined = heap.text(object);
                    if (search.isIn(joined)) {
                        matches.add(new Match(object, -1, texts.contains(joined)));
                    }
                }
                // Which part of the longer one it is, the snapshot does not tell.
                case "sliced string" -> {
                    int longer = heap.target(object, "parent");
                    if (longer >= 0 && search.isIn(heap.text(longer))) {
                        matches.add(new Match(object, -1, false));
                    }
                }
                default -> {}
            }
            for (int edge = heap.firstEdge(object); edge < heap.firstEdge(object + 1); edge++) {
                int name = heap.propertyNameIndex(edge);
                if (name >= 0 && holding.get(name)) {
                    matches.add(new Match(object, edge, true));
                }
            }
        }
        return matches;
    }
}
