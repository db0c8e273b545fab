package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.compare.Learning.Sample;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages that open sockets hear in a single process, each with the step after which it has come at the latest. In
 * which order they come does not matter, nor whether others come as well: only that each comes. Immutable.
 */
final class Hearing {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<Expected> expected;
    private final Duration longest;

    /**
     * A message.
     *
     * @param socket the number of the step that opened the socket
     * @param after the number of the step after which it is there
     * @param example as a run of the control had it, renamed
     */
    private record Expected(int socket, int after, Norm norm, String kind, String example) {}

    private Hearing(List<Expected> expected, Duration longest) {
        this.expected = List.copyOf(expected);
        this.longest = longest;
    }

    /** One message of each run that are taken for the same, by runs; a run that ended before it came has none. */
    private record Aligned(int after, Map<Integer, Message> byRun) {}

    /** Learns while the runs are gone through, step by step: values are called by their names as they are known then. */
    static final class Learner {
        private final List<Aligned> aligned;
        private final List<Expected> learned = new ArrayList<>();
        private final Duration longest;

        /** @param runs the first of them whole */
        Learner(List<List<Exchange>> runs) {
            this.aligned = Alignment.of(runs);
            this.longest = runs.stream()
                    .flatMap(List::stream)
                    .flatMap(exchange -> exchange.heard().stream().map(message -> delay(exchange, message)))
                    .reduce(Duration.ZERO, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }

        private static Duration delay(Exchange exchange, Message message) {
            Instant answered = exchange.at().plus(exchange.took());
            return Duration.between(answered, message.at());
        }

        /** @param names of the runs, by the same numbers */
        void learn(int step, List<Names> names) {
            for (Aligned same : aligned) {
                if (same.after() == step) {
                    List<Sample> samples = new ArrayList<>();
                    same.byRun().forEach((run, message) -> samples.add(new Sample(tree(message), names.get(run))));
                    Message first = same.byRun().values().iterator().next();
                    learned.add(new Expected(
                            first.socket(),
                            step,
                            Learning.norm("$", samples),
                            kind(first),
                            samples.getFirst().names().rename(shown(first))));
                }
            }
        }

        Hearing hearing() {
            return new Hearing(learned, longest);
        }
    }

    /** Finds what the runs have in common, without knowing what their values are called. */
    private static final class Alignment {
        private record Heard(int after, Message message) {}

        private final List<List<Heard>> heard = new ArrayList<>();
        private final List<Integer> lengths = new ArrayList<>();
        private final int whole;
        private final List<Aligned> aligned = new ArrayList<>();

        private Alignment(List<List<Exchange>> runs) {
            for (List<Exchange> run : runs) {
                List<Heard> all = new ArrayList<>();
                run.forEach(exchange -> exchange.heard()
                        .forEach(message -> all.add(new Heard(exchange.step().number(), message))));
                heard.add(all);
                lengths.add(run.isEmpty() ? 0 : run.getLast().step().number());
            }
            whole = lengths.getFirst();
        }

        static List<Aligned> of(List<List<Exchange>> runs) {
            Alignment alignment = new Alignment(runs);
            // What is the same to the letter first: so a beat that comes now and then is not taken for what tells
            // something.
            alignment.align(Message::text);
            alignment.align(Hearing::kind);
            return alignment.aligned;
        }

        private void align(Function<Message, String> likeness) {
            List<Heard> unaligned = List.copyOf(heard.getFirst());
            for (Heard first : unaligned) {
                Map<Integer, Heard> same = new HashMap<>();
                for (int run = 0; run < heard.size(); run++) {
                    Optional<Heard> alike = heard.get(run).stream()
                            .filter(other ->
                                    other.message().socket() == first.message().socket()
                                            && other.message()
                                                    .event()
                                                    .equals(first.message().event())
                                            && likeness.apply(other.message()).equals(likeness.apply(first.message())))
                            .findFirst();
                    if (alike.isPresent()) {
                        same.put(run, alike.get());
                    }
                }
                int after = same.values().stream().mapToInt(Heard::after).max().orElse(0);
                boolean inAll = true;
                for (int run = 0; run < heard.size(); run++) {
                    inAll &= same.containsKey(run) || lengths.get(run) < Math.min(after, whole);
                }
                if (inAll) {
                    Map<Integer, Message> byRun = new TreeMap<>();
                    same.forEach((run, found) -> {
                        heard.get(run).remove(found);
                        byRun.put(run, found.message());
                    });
                    aligned.add(new Aligned(after, byRun));
                }
            }
        }
    }

    /** The steps after which something is heard, by the number of the step that opened the socket. */
    SortedMap<Integer, SortedSet<Integer>> heard() {
        SortedMap<Integer, SortedSet<Integer>> heard = new TreeMap<>();
        expected.forEach(message ->
                heard.computeIfAbsent(message.socket(), _ -> new TreeSet<>()).add(message.after()));
        return heard;
    }

    /** How long after its step a message came at most. */
    Duration longest() {
        return longest;
    }

    /**
     * The messages that are missing after a step.
     *
     * @param all that was heard since the beginning
     */
    List<Difference> missing(int step, List<Message> all, Names names) {
        List<Message> rest = new ArrayList<>(all);
        List<Expected> missing = new ArrayList<>();
        for (Expected message : expected) {
            if (message.after() <= step) {
                Optional<Message> found = rest.stream()
                        .filter(other -> other.socket() == message.socket()
                                && Matching.mismatches(message.norm(), tree(other), names)
                                        .isEmpty())
                        .findFirst();
                found.ifPresentOrElse(rest::remove, () -> missing.add(message));
            }
        }
        return missing.stream()
                .map(message -> difference(step, message, rest, names))
                .toList();
    }

    /** Where another of its kind came that is missing nowhere else, that is what came instead. */
    private static Difference difference(int step, Expected missing, List<Message> rest, Names names) {
        Optional<Message> instead = rest.stream()
                .filter(other ->
                        other.socket() == missing.socket() && kind(other).equals(missing.kind()))
                .findFirst();
        instead.ifPresent(rest::remove);
        return new Difference(
                step,
                Part.MESSAGE,
                Integer.toString(missing.socket()),
                Optional.of(Shown.of(missing.example())),
                instead.map(message -> Shown.of(names.rename(shown(message)))));
    }

    /** A message as a value to compare. */
    private static JsonNode tree(Message message) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        if (!message.event().isEmpty()) {
            tree.put("event", message.event());
        }
        tree.set("data", json(message.text()).orElseGet(() -> JsonNodeFactory.instance.stringNode(message.text())));
        return tree;
    }

    private static Optional<JsonNode> json(String text) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** What is alike in messages that say the same of different things: of JSON the fields, of text what is no number. */
    private static String kind(Message message) {
        StringBuilder kind = new StringBuilder(message.event()).append(' ');
        json(message.text())
                .ifPresentOrElse(
                        json -> kind(json, kind),
                        () -> kind.append(message.text().replaceAll("\\d+", "0")));
        return kind.toString();
    }

    private static void kind(JsonNode node, StringBuilder into) {
        into.append(node.getNodeType().name().charAt(0));
        if (node.isObject()) {
            into.append('{');
            new TreeSet<>(node.propertyNames()).forEach(name -> {
                into.append(name).append(':');
                kind(node.get(name), into);
                into.append(' ');
            });
            into.append('}');
        }
    }

    /** As a message of a report has it: without what gives access. */
    private static String shown(Message message) {
        Optional<JsonNode> json = json(message.text());
        String text = json.map(node -> hidden("", node).toString()).orElse(message.text());
        return message.event().isEmpty() ? text : message.event() + ": " + text;
    }

    private static JsonNode hidden(String name, JsonNode node) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            node.forEachEntry((field, value) -> object.set(field, hidden(field, value)));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(hidden(name, element)));
            return array;
        }
        return node.isValueNode() && SecretNames.givesAccess(name) ? JsonNodeFactory.instance.stringNode("…") : node;
    }
}
