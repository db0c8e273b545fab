package dev.coatcheck.prove.location.heap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Paths that tell the same told once: the elements of one list, the entries of one map, and what lies still deeper in a
 * place that is told already.
 */
final class AlikePaths {
    private static final String ARROW = " → ";
    private static final String SOME = "[…]";

    private AlikePaths() {}

    /** What is left of the paths, in their order. */
    static List<String> folded(List<String> paths) {
        List<List<String>> told = new ArrayList<>();
        for (String path : paths) {
            List<String> tokens = Arrays.asList(path.split(ARROW));
            if (told.stream().noneMatch(other -> joins(other, tokens))) {
                told.add(new ArrayList<>(tokens));
            }
        }
        return told.stream()
                .map(tokens -> String.join(ARROW, tokens))
                .distinct()
                .toList();
    }

    /** Whether the path begins as one that is told, but for keys, which it is told without from then on. */
    private static boolean joins(List<String> told, List<String> path) {
        if (path.size() < told.size()) {
            return false;
        }
        for (int i = 0; i < told.size(); i++) {
            if (!told.get(i).equals(path.get(i)) && !(isKey(told.get(i)) && isKey(path.get(i)))) {
                return false;
            }
        }
        for (int i = 0; i < told.size(); i++) {
            if (!told.get(i).equals(path.get(i))) {
                told.set(i, SOME);
            }
        }
        return true;
    }

    private static boolean isKey(String token) {
        return token.startsWith("[") && token.endsWith("]");
    }
}
