package dev.coatcheck.formation.application;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many of each process type, as written on the command line: {@code web=3,worker=2}. */
final class Quantities {
    /** More than this of one type on one machine is a slip of the finger. */
    static final int MOST = 1_000;

    private static final Pattern ENTRY = Pattern.compile("\\s*([^=\\s]+)\\s*=\\s*(\\d{1,9})\\s*");

    private Quantities() {}

    static Map<String, Integer> parse(String option, String text, Problems problems) {
        Map<String, Integer> quantities = new LinkedHashMap<>();
        for (String entry : text.split(",", -1)) {
            Matcher matcher = ENTRY.matcher(entry);
            if (!matcher.matches()) {
                problems.add(option, "'" + entry.strip() + "' is not understood; write it as web=3,worker=2");
            } else if (!isSane(Integer.parseInt(matcher.group(2)))) {
                problems.add(
                        option, "'" + entry.strip() + "' is too many; " + MOST + " of one process type is the most");
            } else if (quantities.put(matcher.group(1), Integer.parseInt(matcher.group(2))) != null) {
                problems.add(option, "the process type '" + matcher.group(1) + "' is there twice");
            }
        }
        return quantities;
    }

    static boolean isSane(int quantity) {
        return quantity >= 0 && quantity <= MOST;
    }
}
