package dev.coatcheck.process.config;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds, for a variable that is not set, one that is set, that nothing reads, and that is spelled nearly the same. */
final class NearNames {
    private final Set<String> unread;

    NearNames(Set<String> set, Group root) {
        var read = root.settings()
                .flatMap(setting -> Stream.of(setting.name(), setting.fileName()))
                .collect(Collectors.toSet());
        this.unread = new TreeSet<>(set);
        this.unread.removeAll(read);
    }

    /** The variable that is set, and the one that was probably meant by it. */
    record Near(String set, String meant, int distance) {
        String question() {
            return "%s is set: did you mean %s?".formatted(Shown.plain(set), meant);
        }
    }

    Optional<Near> of(Setting setting) {
        return Stream.of(setting.name(), setting.fileName())
                .flatMap(meant ->
                        unread.stream().map(set -> new Near(set, meant, distance(letters(set), letters(meant)))))
                .filter(near -> near.distance() <= tolerated(near.meant()))
                .min(Comparator.comparingInt(Near::distance));
    }

    // Short names are near to too many others: PORT is one letter from SORT, and URL two from USER.
    private static int tolerated(String name) {
        return name.length() < 4 ? 0 : name.length() < 8 ? 1 : 2;
    }

    private static String letters(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }

    /** Edits of one letter, or swaps of two neighbours, between the two: the "optimal string alignment" distance. */
    static int distance(String left, String right) {
        var rows = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                var same = left.charAt(i - 1) == right.charAt(j - 1);
                rows[i][j] =
                        Math.min(rows[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    rows[i][j] = Math.min(rows[i][j], 1 + rows[i - 2][j - 2]);
                }
            }
        }
        return rows[left.length()][right.length()];
    }
}
