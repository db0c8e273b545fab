package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.play.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Numbers in answers that go on by the same amount from each to the next, where the same is asked again and again: a counter of
 * visits, what a limit leaves, an id that goes up. A control that only remembers that such a number varies sees nothing
 * in it.
 */
public final class Counting {
    /** By chance fewer go on alike: the seconds since a start, where each answer takes one. */
    private static final int LEAST = 6;

    /** Of an answer the first so many. */
    private static final int MOST_PLACES = 5_000;

    /** Stands alone: no part of a word, a date, a time, a version or an address. */
    private static final Pattern NUMBER =
            Pattern.compile("(?<![\\p{L}\\p{N}_./-])(?<!\\p{N}:)\\p{Digit}{1,15}+(?![\\p{L}\\p{N}_]|[.:/-]\\p{Digit})");

    /** A tag, or a line of one that goes over several. */
    private static final Pattern TAG = Pattern.compile("<|[\\w:@.-]+=[\"']|[^<]*[\"']\\s*/?>$");

    /** They count requests, or name who answered: nothing that was made is called so, and nothing depends on it. */
    private static final Pattern OF_REQUEST =
            Pattern.compile("(?i)(.*[_-])?(request|req|trace|span|correlation|instance|process)"
                    + "[_-]?(id|uuid|number|no|nr|code|key|ref)");

    private static final String HEADER = "$." + ResponseTree.HEADERS;
    private static final String JSON = "$." + ResponseTree.JSON;
    private static final String LINE = "$." + ResponseTree.LINES;

    private Counting() {}

    /**
     * Where a number stands.
     *
     * @param path of a header, a value in JSON or any line of text
     * @param around the whole text there, with # in place of its numbers
     * @param index which of these it is, from 0
     */
    public record Place(String path, String around, int index) {
        private String field() {
            return path.replaceFirst(".*(?:\\.|\\[')", "").replaceFirst("']$", "");
        }

        /** Whether it may well say what a limit still leaves, or that it does. */
        public boolean isOfLimit() {
            return path.startsWith(HEADER) && path.contains("limit");
        }

        /** Whether another answer has the same number, or another one that is called the same. */
        public boolean isOfSameName(Place other) {
            return path.equals(other.path) && (!path.equals(LINE) || around.equals(other.around));
        }

        /** That there it did not go on. */
        public Difference stood(int step, long number) {
            return new Difference(
                    step,
                    path.startsWith(HEADER) ? Part.HEADER : Part.BODY,
                    path.equals(LINE) ? Shown.of(around) : name(path),
                    Optional.of("another number each time"),
                    Optional.of(number + " again"));
        }
    }

    /**
     * The places at which all these answers have a number, and each goes on from the last; none where there are few.
     *
     * @param pace how long it was from one to the next: what goes on by as many seconds is a clock
     */
    public static Set<Place> in(List<Response> answers, Duration pace) {
        boolean alike = answers.stream().map(Response::status).distinct().count() == 1;
        if (answers.size() < LEAST || !alike) {
            return Set.of();
        }
        List<Map<Place, Long>> numbers = answers.stream().map(Counting::numbers).toList();
        Set<Place> places = new HashSet<>(numbers.getFirst().keySet());
        places.removeIf(place -> {
            OptionalLong by =
                    step(numbers.stream().map(answer -> answer.get(place)).toList());
            return by.isEmpty() || isClock(by.getAsLong(), pace) || namesRequest(place.field());
        });
        return places;
    }

    /** Whether a field that is called so tells of the request itself, or of who answered it. */
    public static boolean namesRequest(String field) {
        return OF_REQUEST.matcher(field).matches();
    }

    /** By how much each goes on from the one before; empty where that is not always as much. */
    private static OptionalLong step(List<Long> numbers) {
        if (numbers.stream().anyMatch(Objects::isNull)) {
            return OptionalLong.empty();
        }
        long by = numbers.get(1) - numbers.get(0);
        boolean goesOn = by != 0;
        for (int i = 2; goesOn && i < numbers.size(); i++) {
            goesOn = numbers.get(i) - numbers.get(i - 1) == by;
        }
        return goesOn ? OptionalLong.of(by) : OptionalLong.empty();
    }

    private static boolean isClock(long by, Duration pace) {
        double seconds = pace.toMillis() / 1e3;
        return Math.abs(Math.abs(by) - seconds) < 0.25;
    }

    /** The numbers in an answer; of lines that are alike in all but their numbers none. */
    public static Map<Place, Long> numbers(Response answer) {
        Map<Place, Long> numbers = new HashMap<>();
        Set<Place> twice = new HashSet<>();
        texts(answer).forEach((path, text) -> {
            if (path.startsWith(LINE) && TAG.matcher(text).lookingAt()) {
                // Who renders a page may number its parts in each process, and nobody sees that.
                return;
            }
            Matcher matcher = NUMBER.matcher(text);
            String around = matcher.replaceAll("#");
            matcher.reset();
            for (int index = 0; numbers.size() < MOST_PLACES && matcher.find(); index++) {
                // Which line it is changes with every line before it.
                Place place = new Place(path.startsWith(LINE) ? LINE : path, around, index);
                if (numbers.put(place, Long.valueOf(matcher.group())) != null) {
                    twice.add(place);
                }
            }
        });
        numbers.keySet().removeAll(twice);
        return numbers;
    }

    /** All that an answer says, in its headers, its JSON or its lines, by place. */
    public static Map<String, String> texts(Response answer) {
        JsonNode tree = ResponseTree.of(answer).tree();
        Map<String, String> texts = new HashMap<>();
        for (String part : List.of(ResponseTree.HEADERS, ResponseTree.JSON, ResponseTree.LINES)) {
            if (tree.has(part)) {
                collect("$." + part, tree.get(part), texts);
            }
        }
        return texts;
    }

    /** Such a place as a reader calls it: {@code x-served-by}, {@code $.pid}, {@code part 4 of the text}. */
    public static String name(String path) {
        if (path.startsWith(JSON)) {
            return "$" + path.substring(JSON.length());
        }
        return path.startsWith(HEADER)
                ? path.substring(HEADER.length()).replaceAll("^\\.|^\\['|']$", "")
                : "part " + (Integer.parseInt(path.replaceAll("\\D", "")) + 1) + " of the text";
    }

    private static void collect(String path, JsonNode node, Map<String, String> into) {
        if (into.size() >= MOST_PLACES) {
            return;
        }
        if (node.isObject()) {
            node.forEachEntry((name, value) -> collect(Trees.field(path, name), value, into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "[" + i + "]", node.get(i), into);
            }
        } else {
            into.put(path, Trees.text(node));
        }
    }
}
