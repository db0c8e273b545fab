package dev.coatcheck.prove.har;

import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Operand;
import dev.coatcheck.prove.scenario.Place;
import dev.coatcheck.prove.scenario.Predicate;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * What an answer of JSON had that none before it did: a word in the place of another one, or a place.
 *
 * @param value empty where that it was there is what counts
 * @param at its place among the answers, counted from 0
 */
record HarTold(JsonPath path, String name, Optional<Operand> value, int at) {
    private static final int MOST_LEAVES = 1000;

    /** A longer answer tells nothing. */
    private static final int LONGEST_ANSWER = 1 << 20;

    /** A longer value is no word, and only compared. */
    private static final int LONGEST_KEPT = 64;

    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L} _-]{0,31}");
    private static final Pattern OF_STATES = Pattern.compile(
            "(?i).*(state|status|phase|stage|done|ready|finished|complete|processed|pending|running).*");

    boolean isOfState() {
        return value.isPresent() && OF_STATES.matcher(name).matches();
    }

    Assertion assertion(String source) {
        Predicate predicate = value.<Predicate>map(Predicate.Equal::new).orElseGet(Predicate.Exists::new);
        return new Assertion(Selection.of(new Query.Json(path)), false, predicate, Place.of(source));
    }

    /**
     * Empty where one of them is no JSON, and where no word and no place is in the last answer, and in those before it from some
     * on, that was in none before.
     *
     * <p>Of lists only what a list that begins empty has as well: the first element, and a place in it only where the list was
     * empty before. A list that grew from four to five does so in no clean database.
     */
    static Optional<HarTold> among(List<Response> answers) {
        Optional<Map<JsonPath, Leaf>> last = leaves(answers.getLast());
        if (last.isEmpty()) {
            return Optional.empty();
        }
        Places places = new Places(last.get());
        // One after the other: hundreds of large answers would not find room beside each other.
        for (Response answer : answers) {
            Optional<Map<JsonPath, Leaf>> leaves = leaves(answer);
            if (leaves.isEmpty()) {
                return Optional.empty();
            }
            places.add(leaves.get());
        }
        return places.mostTelling();
    }

    /**
     * @param said its value, as it can be compared
     * @param word empty where it is none that a person would wait for
     */
    private record Leaf(String name, String said, Optional<Operand> word) {
        static Leaf of(String name, JsonNode value) {
            String text = value.toString();
            String said = text.length() <= LONGEST_KEPT
                    ? text
                    : text.substring(0, LONGEST_KEPT) + " " + text.length() + " " + text.hashCode();
            return new Leaf(name, said, word(value));
        }

        /** A number, a time or an id is another one in the next run. */
        private static Optional<Operand> word(JsonNode value) {
            if (value.isBoolean()) {
                return Optional.of(new Operand.Bool(value.booleanValue()));
            }
            return value.isString() && WORD.matcher(value.stringValue()).matches()
                    ? Optional.of(new Operand.Text(Template.literal(value.stringValue())))
                    : Optional.empty();
        }
    }

    /** The places of the last answer, and what each answer said there. */
    private static final class Places {
        private static final String NOTHING = "";

        private final Map<JsonPath, Leaf> last;
        private final Map<JsonPath, List<String>> said = new LinkedHashMap<>();
        private final Map<String, String> known = new LinkedHashMap<>();

        /** The lists that each answer has something in. */
        private final List<Set<JsonPath>> filled = new ArrayList<>();

        Places(Map<JsonPath, Leaf> last) {
            this.last = last;
            last.keySet().forEach(path -> said.put(path, new ArrayList<>()));
        }

        void add(Map<JsonPath, Leaf> answer) {
            said.forEach((path, all) -> {
                Leaf leaf = answer.get(path);
                all.add(leaf == null ? NOTHING : known.computeIfAbsent(leaf.said(), text -> text));
            });
            Set<JsonPath> lists = new HashSet<>();
            answer.keySet().forEach(path -> outermostList(path).ifPresent(lists::add));
            filled.add(lists);
        }

        Optional<HarTold> mostTelling() {
            List<HarTold> all = last.entrySet().stream()
                    .flatMap(place -> told(place.getKey(), place.getValue()).stream())
                    .toList();
            return all.stream()
                    .filter(HarTold::isOfState)
                    .findFirst()
                    .or(() -> all.stream()
                            .filter(told -> told.value().isPresent())
                            .findFirst())
                    .or(() -> all.stream().findFirst());
        }

        private Optional<HarTold> told(JsonPath path, Leaf leaf) {
            List<String> answers = said.getOrDefault(path, List.of());
            boolean always = !answers.contains(NOTHING);
            Optional<Operand> word = always ? leaf.word() : Optional.empty();
            int since = IntStream.range(0, answers.size())
                    .filter(i -> word.isPresent()
                            ? !answers.get(i).equals(leaf.said())
                            : answers.get(i).equals(NOTHING))
                    .map(i -> i + 1)
                    .max()
                    .orElse(0);
            HarTold told = new HarTold(path, leaf.name(), word, since);
            // What is another word each time is no state that was waited for.
            boolean once = answers.stream().limit(since).distinct().count() == 1 && (word.isPresent() || !always);
            return since > 0 && (told.isOfState() || once) && isInCleanDatabase(told)
                    ? Optional.of(told)
                    : Optional.empty();
        }

        private boolean isInCleanDatabase(HarTold told) {
            boolean first = told.path().selectors().stream()
                    .allMatch(selector -> !(selector instanceof JsonPath.Index(int index)) || index == 0);
            return first
                    && (told.value().isPresent()
                            || outermostList(told.path())
                                    .filter(list -> filled.subList(0, told.at()).stream()
                                            .anyMatch(lists -> lists.contains(list)))
                                    .isEmpty());
        }

        private static Optional<JsonPath> outermostList(JsonPath path) {
            return IntStream.range(0, path.selectors().size())
                    .filter(i -> path.selectors().get(i) instanceof JsonPath.Index)
                    .mapToObj(i -> new JsonPath(path.selectors().subList(0, i)))
                    .findFirst();
        }
    }

    /** Empty where the answer is no JSON, or too long. */
    private static Optional<Map<JsonPath, Leaf>> leaves(Response response) {
        return response.content().length() > LONGEST_ANSWER
                ? Optional.empty()
                : response.json().map(answer -> {
                    Map<JsonPath, Leaf> leaves = new LinkedHashMap<>();
                    addLeaves(new JsonPath(List.of()), "", answer, leaves);
                    return leaves;
                });
    }

    private static void addLeaves(JsonPath path, String name, JsonNode node, Map<JsonPath, Leaf> into) {
        if (into.size() >= MOST_LEAVES) {
            return;
        }
        if (node.isObject()) {
            node.forEachEntry((field, value) -> addLeaves(path.field(field), field, value, into));
        } else if (node.isArray()) {
            IntStream.range(0, node.size()).forEach(i -> addLeaves(path.element(i), name, node.get(i), into));
        } else {
            into.put(path, Leaf.of(name, node));
        }
    }
}
