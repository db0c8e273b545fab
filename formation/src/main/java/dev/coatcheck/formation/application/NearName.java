package dev.coatcheck.formation.application;

import java.util.Collection;
import java.util.Locale;

/** For a name that is not known, the one that was probably meant. */
final class NearName {
    private NearName() {}

    /** {@code "; did you mean 'worker'?"}, or nothing where no candidate is near. */
    static String suggestion(String name, Collection<String> candidates) {
        String best = "";
        int least = 1 + Math.max(1, name.length() / 2);
        for (String candidate : candidates) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "" : "; did you mean '" + best + "'?";
    }

    /** Levenshtein's, by the two-row form of the Wagner-Fischer algorithm. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
