package dev.coatcheck.prove.location;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The needles that some values give: each as it is, decoded, in its signed or structured parts, escaped, hashed.
 *
 * <p>A value that says nothing is none: under six characters (five, where all are digits), or one that the application
 * has in its own files.
 *
 * <pre>{@code
 * List<Needle> needles = Needles.from(Map.of("the cookie sid of step 1", cookie));
 * }</pre>
 */
public final class Needles {
    private static final int SHORTEST = 6;
    private static final int SHORTEST_NUMBER = 5;
    private static final int FEWEST_DIFFERENT = 3;

    private Needles() {}

    /**
     * The needles of some values, the nearest to each value first.
     *
     * @param values each value under the words that say where it comes from
     */
    public static List<Needle> from(Map<String, String> values) {
        Set<String> seen = new HashSet<>();
        List<Needle> needles = new ArrayList<>();
        values.forEach((source, value) -> {
            for (Needle needle : Variations.of(source, value)) {
                if (isTelling(needle) && seen.add(needle.form() + needle.text())) {
                    needles.add(needle);
                }
            }
        });
        return needles;
    }

    /**
     * As above, without those that the application's own files hold.
     *
     * @param ownFiles files and folders; of a folder as much is read as a program's own code usually takes, dependencies
     *     left out
     */
    public static List<Needle> from(Map<String, String> values, Collection<Path> ownFiles) {
        List<Needle> needles = from(values);
        Set<Needle> known = OwnFiles.holding(needles, ownFiles);
        Set<String> knownSources = new HashSet<>();
        known.stream().filter(Needle::isValueItself).forEach(needle -> knownSources.add(needle.source()));
        return needles.stream()
                .filter(needle -> !known.contains(needle) && !knownSources.contains(needle.source()))
                .toList();
    }

    private static boolean isTelling(Needle needle) {
        String text = needle.text();
        boolean number = text.chars().allMatch(c -> c >= '0' && c <= '9');
        return text.length() >= (number ? SHORTEST_NUMBER : SHORTEST)
                && (number || text.chars().distinct().limit(FEWEST_DIFFERENT).count() == FEWEST_DIFFERENT);
    }
}
