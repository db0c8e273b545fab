package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which objects of a JVM's heap hold a needle: the arrays within strings and builders, UUIDs, and boxed numbers. */
final class JavaNeedles implements JavaHeap.Contents {
    /**
     * An object that holds a needle.
     *
     * @param whole whether it holds nothing else
     */
    record Match(int object, Needle needle, boolean whole) {}

    /** Of a needle that is nearly everywhere, the first places will do. */
    private static final int MOST = 10_000;

    private final PatternSearch search;
    private final Map<Long, Needle> numbers = new HashMap<>();
    private final Map<String, Needle> sixteenBytes = new HashMap<>();
    private final List<Match> matches = new ArrayList<>();

    JavaNeedles(Collection<Needle> needles) {
        this.search = new PatternSearch(needles);
        for (Needle needle : needles) {
            if (needle.form() == Needle.Form.BYTES) {
                sixteenBytes.put(needle.text(), needle);
            } else if (needle.text().matches("\\d{1,18}")) {
                numbers.put(Long.parseLong(needle.text()), needle);
            }
        }
    }

    List<Match> matches() {
        return matches;
    }

    @Override
    public void array(int object, byte[] bytes, int length) {
        search.search(bytes, 0, length, needle -> found(object, needle, isWhole(needle, length)));
    }

    private static boolean isWhole(Needle needle, int length) {
        int chars = needle.text().length();
        return length == chars || length == 2 * chars || 2 * length == chars;
    }

    @Override
    public void instance(int object, JavaClass type, JavaHeap.Numbers values) {
        switch (type.name()) {
            case "java.util.UUID" -> {
                Map<String, Long> halves = values.read();
                String digits = HexFormat.of().toHexDigits(halves.getOrDefault("mostSigBits", 0L))
                        + HexFormat.of().toHexDigits(halves.getOrDefault("leastSigBits", 0L));
                found(object, sixteenBytes.get(digits), true);
            }
            case "java.lang.Long", "java.lang.Integer" ->
                found(object, numbers.get(values.read().get("value")), true);
            default -> {}
        }
    }

    private void found(int object, @Nullable Needle needle, boolean whole) {
        if (needle != null && matches.size() < MOST) {
            matches.add(new Match(object, needle, whole));
        }
    }
}
