package dev.coatcheck.prove.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in a value ids stand, told by what is around them and never by what they are: a field whose name says so, the segment
 * of a path after a word, a parameter or an attribute whose name says so. A count, a page or a version is no id, though it
 * may be the same number.
 */
final class IdPlaces {
    private static final Pattern ID_KEY = Pattern.compile("(?i:_?id|uuid|guid)|(?i:.*[_-]ids?)|.*[a-z0-9]Ids?|ids");
    private static final Pattern WORD = Pattern.compile("[a-z0-9]+");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_.~:-]{1,64}");
    private static final String TOKEN = "(?<value>(?=[A-Za-z_-]*\\d)[A-Za-z0-9_-]{1,64})";
    private static final Pattern IN_PATH =
            Pattern.compile("/(?<word>[A-Za-z][A-Za-z_-]*)/(?!v\\d+(?![\\w-]))" + TOKEN + "(?=$|[/?#\"'&\\s<>)])");
    private static final Pattern IN_QUERY =
            Pattern.compile("[?&;](?<word>id|\\w*_id|\\w*[a-z]Id)=" + TOKEN + "(?=$|[&;#\"'\\s<>])");
    private static final Pattern ATTRIBUTE =
            Pattern.compile("\\s(?<word>data-(?:[a-z]+-)*id|value)=[\"']" + TOKEN + "[\"']");
    private static final Pattern ANCHOR = Pattern.compile("\\sid=[\"'](?<word>[A-Za-z]+)[-_](?<value>\\d{1,19})[\"']");
    private static final Pattern FIELD_OF_AN_ID =
            Pattern.compile("<option\\b.*|<.*\\bname=[\"'](?<name>id|\\w*_id|\\w*[a-z]Id)[\"'].*", Pattern.DOTALL);
    private static final Set<String> NO_NOUNS = Set.of(
            "page", "pages", "p", "version", "year", "month", "week", "day", "step", "size", "limit", "offset", "v");
    private static final Set<String> SAY_NOTHING = Set.of(
            "headers",
            "location",
            "json",
            "lines",
            "data",
            "result",
            "item",
            "content",
            "row",
            "attribute",
            "record",
            "value",
            "embedded",
            "api",
            "rest",
            "new",
            "create",
            "add",
            "edit",
            "update",
            "save",
            "list",
            "all",
            "search",
            "id",
            "uuid",
            "guid",
            "");

    private IdPlaces() {}

    /**
     * A place inside a text.
     *
     * @param words what the id is of, as far as the place tells
     */
    record Slot(int start, int end, Set<String> words) {
        String value(String text) {
            return text.substring(start, end);
        }
    }

    /** The places of ids in the text at a place of a response, from left to right. */
    static List<Slot> in(String place, String text) {
        String key = key(place);
        if (ID_KEY.matcher(key).matches() && !key.isEmpty()) {
            return VALUE.matcher(text).matches() ? List.of(new Slot(0, text.length(), nouns(place))) : List.of();
        }
        List<Slot> slots = new ArrayList<>();
        collect(IN_PATH, text, slots);
        collect(IN_QUERY, text, slots);
        if (text.startsWith("<")) {
            collect(ATTRIBUTE, text, slots);
            collect(ANCHOR, text, slots);
        }
        slots.sort(Comparator.comparingInt(Slot::start));
        return slots;
    }

    private static void collect(Pattern pattern, String text, List<Slot> into) {
        Matcher matcher = pattern.matcher(text);
        int from = 0;
        while (matcher.find(from)) {
            String word = matcher.group("word");
            from = matcher.end("value");
            if (pattern == ATTRIBUTE && word.equals("value")) {
                Matcher field = FIELD_OF_AN_ID.matcher(text);
                if (!field.matches()) {
                    continue;
                }
                word = field.group("name") == null ? "" : field.group("name");
            }
            if (!NO_NOUNS.contains(word.toLowerCase(Locale.ROOT))) {
                into.add(new Slot(matcher.start("value"), matcher.end("value"), nouns(word)));
            }
        }
    }

    /** The name of the field at a place of a body that is JSON; of elements of a list, the name of the list. */
    private static String key(String place) {
        return place.startsWith("$." + ResponseTree.JSON)
                ? place.replaceAll("\\[\\d+]", "").replaceAll("'?]$", "").replaceFirst("(?s)^.*(\\.|\\[')", "")
                : "";
    }

    /** What a place or a path speaks of, each noun in the singular: {@code /api/notes/7} of notes. */
    static Set<String> nouns(String words) {
        Set<String> nouns = new LinkedHashSet<>();
        String apart = words.replaceAll("\\{\\{[^}]*}}", "/").replaceAll("([a-z0-9])([A-Z])", "$1/$2");
        Matcher word = WORD.matcher(apart.toLowerCase(Locale.ROOT));
        while (word.find()) {
            String singular = word.group().replaceFirst("ies$", "y").replaceFirst("(?<=[^s])s$", "");
            if (!SAY_NOTHING.contains(singular) && !singular.matches("v?\\d+")) {
                nouns.add(singular);
            }
        }
        return nouns;
    }
}
