package dev.coatcheck.prove.har;

import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.JsonPath;
import dev.coatcheck.prove.scenario.Operand;
import dev.coatcheck.prove.scenario.Place;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Predicate;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
 * Requests that were repeated until their answer was another one, each as one that is repeated until then: played one after the
 * other, without the time between them, they would be answered too early, and so many would come in no other run.
 *
 * <p>Repetitions are reads of one user that are alike, with the same cookies, while nobody changes anything. They waited for another
 * status that is a success, or for a word or a place in an answer of JSON that none before it had.
 *
 * @param entries without those that were repetitions; the first of them is answered as the last was
 * @param waits how the entries wait that were repeated, by their numbers
 * @param notes what there is to say of those that could not be understood, in sentences
 */
record HarPolls(List<HarEntry> entries, Map<Integer, Wait> waits, List<String> notes) {
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_ERROR = 400;

    /** Two answers that differ may be chance, or what a page always tells otherwise. */
    private static final int FEWEST = 3;

    private static final int MOST_RETRIES = 1000;
    private static final int MOST_LEAVES = 1000;
    private static final Duration USUAL_INTERVAL = Duration.ofMillis(500);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

    /** For what was ready soon once, and is not each time. */
    private static final Duration LEAST_WAIT = Duration.ofSeconds(20);

    private static final int SLOWER = 3;
    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L} _-]{0,31}");
    private static final Pattern OF_STATES = Pattern.compile(
            "(?i).*(state|status|phase|stage|done|ready|finished|complete|processed|pending|running).*");

    /**
     * Until when a request is repeated.
     *
     * @param assertions of its answer, beside the status
     */
    record Wait(Polling polling, List<Assertion> assertions) {}

    HarPolls {
        entries = List.copyOf(entries);
        waits = Map.copyOf(waits);
        notes = List.copyOf(notes);
    }

    /** @param source how the recording is called where something is expected of an answer */
    static HarPolls among(List<HarEntry> entries, String source) {
        return new Folding(source).of(entries);
    }

    private record Asked(
            String user, String method, String target, Map<String, String> cookies, Optional<String> authorization) {
        static Asked of(HarEntry entry) {
            return new Asked(
                    entry.user(), entry.method(), entry.target(), entry.cookies(), entry.header("Authorization"));
        }
    }

    private static final class Folding {
        private final String source;
        private final Map<Integer, HarEntry> instead = new HashMap<>();
        private final Set<Integer> folded = new HashSet<>();
        private final Map<Integer, Wait> waits = new HashMap<>();
        private final List<String> notes = new ArrayList<>();

        Folding(String source) {
            this.source = source;
        }

        HarPolls of(List<HarEntry> entries) {
            List<HarEntry> quiet = new ArrayList<>();
            for (HarEntry entry : entries) {
                if (entry.isSafe()) {
                    quiet.add(entry);
                } else {
                    // What is sent between may be what has changed the answer.
                    fold(quiet);
                    quiet.clear();
                }
            }
            fold(quiet);
            List<HarEntry> left = entries.stream()
                    .filter(entry -> !folded.contains(entry.number()))
                    .map(entry -> instead.getOrDefault(entry.number(), entry))
                    .toList();
            return new HarPolls(left, waits, notes);
        }

        /** @param quiet entries between which nothing was changed */
        private void fold(List<HarEntry> quiet) {
            Map<Asked, List<HarEntry>> asked = new LinkedHashMap<>();
            for (HarEntry entry : quiet) {
                if (!entry.isWebSocket() && !entry.isEventStream()) {
                    asked.computeIfAbsent(Asked.of(entry), key -> new ArrayList<>())
                            .add(entry);
                }
            }
            asked.values().removeIf(same -> same.size() < 2);
            Set<HarEntry> repeated = new HashSet<>();
            asked.values().forEach(repeated::addAll);
            for (List<HarEntry> same : asked.values()) {
                List<HarEntry> between = quiet.subList(quiet.indexOf(same.getFirst()), quiet.indexOf(same.getLast()));
                fold(same, repeated.containsAll(between));
            }
        }

        /** @param alone whether nothing was asked meanwhile that was not asked again and again as well */
        private void fold(List<HarEntry> same, boolean alone) {
            int ready = statusAsAtTheEnd(same);
            if (ready > 0) {
                // Where it was asked twice, something in between may have made the difference.
                if (ready + 1 >= FEWEST || alone) {
                    fold(same.subList(0, ready + 1), List.of());
                }
                return;
            }
            List<JsonNode> answers = same.stream()
                    .flatMap(entry -> entry.response().json().stream())
                    .toList();
            if (answers.size() == same.size()) {
                Optional<Told> told = told(answers);
                if (told.isPresent()
                        && (told.get().at() + 1 >= FEWEST
                                || (alone && told.get().isOfState()))) {
                    fold(
                            same.subList(0, told.get().at() + 1),
                            List.of(told.get()
                                    .assertion(source + ", " + same.getFirst().where())));
                    return;
                }
            }
            note(same);
        }

        /** From which on all have the status of the last, a success; 0 where all have. */
        private static int statusAsAtTheEnd(List<HarEntry> same) {
            int last = status(same.getLast());
            return last >= FIRST_ERROR
                    ? 0
                    : IntStream.range(0, same.size())
                            .filter(i -> status(same.get(i)) != last)
                            .map(i -> i + 1)
                            .max()
                            .orElse(0);
        }

        private static int status(HarEntry entry) {
            int status = entry.response().status();
            return status == NOT_MODIFIED ? 200 : status;
        }

        private void fold(List<HarEntry> same, List<Assertion> assertions) {
            HarEntry first = same.getFirst();
            instead.put(first.number(), first.answeredAs(same.getLast()));
            same.stream().skip(1).map(HarEntry::number).forEach(folded::add);
            waits.put(first.number(), new Wait(polling(same), assertions));
        }

        private static Polling polling(List<HarEntry> same) {
            Optional<Instant> begin = same.getFirst().at();
            Optional<Instant> end = same.getLast().at();
            Duration took = begin.isPresent() && end.isPresent()
                    ? Duration.between(begin.get(), end.get())
                    : USUAL_INTERVAL.multipliedBy(same.size() - 1L);
            Duration each = took.dividedBy(same.size() - 1L);
            Duration interval = each.compareTo(SHORTEST_INTERVAL) < 0
                    ? SHORTEST_INTERVAL
                    : each.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : each;
            Duration slower = took.multipliedBy(SLOWER);
            Duration whole = slower.compareTo(LEAST_WAIT) > 0 ? slower : LEAST_WAIT;
            return new Polling((int) Math.min(MOST_RETRIES, whole.dividedBy(interval)), interval);
        }

        private void note(List<HarEntry> same) {
            boolean differ = differ(same.getFirst().response(), same.getLast().response());
            if (same.size() >= FEWEST && differ) {
                HarEntry last = same.getLast();
                notes.add(last.method() + " " + last.url().map(HarUrl::path).orElse("") + " was asked " + same.size()
                        + " times until its answer had changed, and what it waited for is not known: it is played as often,"
                        + " without the waits. If the control is refused, write the conversation in Hurl, with 'retry' at this"
                        + " request");
            }
        }

        /** Headers say what time it is. */
        private static boolean differ(Response one, Response other) {
            return status(one) != status(other)
                    || !one.content().sha256Hex().equals(other.content().sha256Hex());
        }

        private static int status(Response response) {
            return response.status() == NOT_MODIFIED ? 200 : response.status();
        }
    }

    /**
     * What an answer had that none before it did.
     *
     * @param at its place among the answers, counted from 0
     * @param value empty where that it was there is what counts
     */
    private record Told(JsonPath path, String name, Optional<Operand> value, int at) {
        boolean isOfState() {
            return value.isPresent() && OF_STATES.matcher(name).matches();
        }

        Assertion assertion(String source) {
            Predicate predicate = value.<Predicate>map(Predicate.Equal::new).orElseGet(Predicate.Exists::new);
            return new Assertion(Selection.of(new Query.Json(path)), false, predicate, Place.of(source));
        }
    }

    /** Empty where no word and no place is in the last answer, and in those before it from some on, that was in none before. */
    private static Optional<Told> told(List<JsonNode> answers) {
        List<Map<JsonPath, Leaf>> leaves =
                answers.stream().map(HarPolls::leaves).toList();
        List<Told> all = new ArrayList<>();
        leaves.getLast().forEach((path, leaf) -> {
            boolean always = leaves.stream().allMatch(answer -> answer.containsKey(path));
            Optional<Operand> word = always ? word(leaf.value()) : Optional.empty();
            int since = IntStream.range(0, leaves.size())
                    .filter(i -> word.isPresent()
                            ? !leaves.get(i).getOrDefault(path, leaf).value().equals(leaf.value())
                            : !leaves.get(i).containsKey(path))
                    .map(i -> i + 1)
                    .max()
                    .orElse(0);
            long before = leaves.stream()
                    .limit(since)
                    .map(answer -> Optional.ofNullable(answer.get(path)))
                    .distinct()
                    .count();
            Told told = new Told(path, leaf.name(), word, since);
            // What is another word each time is no state that was waited for.
            if (since > 0 && (told.isOfState() || (before == 1 && (word.isPresent() || !always)))) {
                all.add(told);
            }
        });
        return all.stream()
                .filter(Told::isOfState)
                .findFirst()
                .or(() -> all.stream().filter(told -> told.value().isPresent()).findFirst())
                .or(() -> all.stream().findFirst());
    }

    /** What a person would wait for; a number, a time or an id is another one in the next run. */
    private static Optional<Operand> word(JsonNode value) {
        if (value.isBoolean()) {
            return Optional.of(new Operand.Bool(value.booleanValue()));
        }
        return value.isString() && WORD.matcher(value.stringValue()).matches()
                ? Optional.of(new Operand.Text(Template.literal(value.stringValue())))
                : Optional.empty();
    }

    private record Leaf(String name, JsonNode value) {}

    private static Map<JsonPath, Leaf> leaves(JsonNode answer) {
        Map<JsonPath, Leaf> leaves = new LinkedHashMap<>();
        addLeaves(new JsonPath(List.of()), "", answer, leaves);
        return leaves;
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
            into.put(path, new Leaf(name, node));
        }
    }
}
