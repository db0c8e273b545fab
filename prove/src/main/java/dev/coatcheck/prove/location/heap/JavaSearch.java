package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Finds, in a heap dump of a JVM, the paths that lead to needles. What is reached through a field is preferred to what a
 * stack holds, a string that is the needle to one that contains it, and a string to a buffer.
 */
public final class JavaSearch {
    /** What a place costs in addition where it holds more than the needle, or is no value of its own. */
    private static final int NOT_WHOLE = 5;

    private static final int BYTES = 8;

    /** A buffer that was read into or written from, and is pooled, holds by chance what passed through it last. */
    private static final int PART_OF_BYTES = 40;

    /** Paths that cost so much more than the best say nothing more. */
    private static final int MARGIN = 8;

    private static final int MOST_PATHS = 3;

    /** Whose arrays are text, and no buffers: a builder is kept to be filled anew, and holds what was in it before. */
    private static final String TEXT = "java.lang.String";

    private record Found(JavaNeedles.Match match, int cost) {}

    private JavaSearch() {}

    /**
     * The paths in words, the most telling first; none where no object that lives holds a needle. A dump of 100 MB with
     * 1.5 million objects takes some five seconds, and about forty bytes of memory for each object.
     *
     * @throws IOException if the file is no heap dump, or not a whole one
     */
    public static List<String> paths(Path dump, Collection<Needle> needles) throws IOException {
        JavaNeedles contents = new JavaNeedles(needles);
        try (JavaHeap heap = JavaHeap.read(dump, contents)) {
            BitSet objects = new BitSet();
            contents.matches().forEach(match -> objects.set(match.object()));
            CheapestPaths paths = CheapestPaths.to(objects, heap);
            List<Found> found = new ArrayList<>();
            for (JavaNeedles.Match match : contents.matches()) {
                if (paths.reaches(match.object())) {
                    found.add(new Found(match, cost(match, paths, heap)));
                }
            }
            found.sort(Comparator.comparingInt(Found::cost));
            PatternSearch search = new PatternSearch(needles);
            List<String> told = found.stream()
                    .filter(place -> place.cost <= found.getFirst().cost + MARGIN)
                    .map(place -> JavaPath.inWords(heap, search, paths.path(place.match.object())))
                    .toList();
            return AlikePaths.folded(told).stream().limit(MOST_PATHS).toList();
        }
    }

    private static int cost(JavaNeedles.Match match, CheapestPaths paths, JavaHeap heap) {
        List<Integer> path = paths.path(match.object());
        JavaClass holder = path.size() < 2 ? null : heap.typeOf(path.get(path.size() - 2));
        boolean array = heap.typeOf(match.object()) == null;
        boolean value = !array || (holder != null && holder.name().equals(TEXT));
        int place = paths.cost(match.object());
        if (value) {
            return match.whole() ? place : place + NOT_WHOLE;
        }
        return place + (match.whole() ? BYTES : PART_OF_BYTES);
    }
}
