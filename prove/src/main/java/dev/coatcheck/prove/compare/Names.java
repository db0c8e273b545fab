package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.play.Exchange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Entities;

/**
 * The values that the user of one run carries from step to step, and that are others in every run: cookies, captures, what
 * the scenario draws. Each is called by where it came from. Two runs say the same when they say the same of these names: "the
 * page shows the id that step 1 gave".
 */
final class Names {
    /** Stand around a name in a text; no application sends them. */
    static final char BEGIN = '\uE000';

    static final char END = '\uE001';

    private static final int MOST = 5_000;
    private static final int LONGEST = 4_096;
    /** Shorter values are renamed where they are all of a text, never inside one. */
    private static final int INSIDE = 4;
    /** Values as long as this are no accident, whatever stands beside them. */
    private static final int UNMISTAKABLE = 10;

    private final Map<String, String> names = new HashMap<>();
    private final List<String> longestFirst = new ArrayList<>();
    private final Ids ids = new Ids();

    /** The ids that the run has given out. */
    Ids ids() {
        return ids;
    }

    /** Goes on to the next step, whose response may repeat what it has drawn and captured itself. */
    void begin(Exchange exchange) {
        exchange.values().forEach(this::add);
        ids.begin(exchange);
    }

    /** The first name of a value stays. */
    void add(String name, String value) {
        if (value.isBlank() || value.length() > LONGEST || names.size() > MOST) {
            return;
        }
        put(name, value);
        if (value.length() >= INSIDE) {
            put(name + ", URL-encoded", URLEncoder.encode(value, StandardCharsets.UTF_8));
            put(name + ", HTML-escaped", Entities.escape(value));
            put(name + ", in base64", Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void put(String name, String value) {
        if (names.putIfAbsent(value, BEGIN + name + END) == null && value.length() >= INSIDE) {
            longestFirst.add(value);
            longestFirst.sort(Comparator.comparingInt(String::length).reversed());
        }
    }

    /** The text with names in the place of values. */
    String rename(String text) {
        String whole = names.get(text);
        if (whole != null) {
            return whole;
        }
        String renamed = text;
        for (String value : longestFirst) {
            if (renamed.length() >= value.length() && renamed.contains(value)) {
                renamed = replaced(renamed, value, names.getOrDefault(value, value));
            }
        }
        return renamed;
    }

    private static String replaced(String text, String value, String name) {
        StringBuilder result = new StringBuilder();
        int end = 0;
        for (int at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length())) {
            int after = at + value.length();
            boolean insideWord =
                    (isWord(text, at - 1) && isWord(text, at)) || (isWord(text, after - 1) && isWord(text, after));
            boolean stands = value.length() >= UNMISTAKABLE || !insideWord;
            if (stands && !isInsideName(text, at)) {
                result.append(text, end, at).append(name);
                end = after;
            }
        }
        return result.append(text.substring(end)).toString();
    }

    private static boolean isInsideName(String text, int at) {
        return text.lastIndexOf(BEGIN, at) > text.lastIndexOf(END, at);
    }

    private static boolean isWord(String text, int at) {
        return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }

    /** A renamed text as a person reads it. */
    static String readable(String renamed) {
        return renamed.replace(BEGIN, '‹').replace(END, '›');
    }
}
