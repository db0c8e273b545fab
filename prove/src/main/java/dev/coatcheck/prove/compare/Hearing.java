package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Alignment.Aligned;
import dev.coatcheck.prove.compare.Learning.Sample;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages that open sockets hear in a single process, each with the step after which it has come at the latest. In
 * which order they come does not matter, nor whether others come as well: only that each comes. Immutable.
 */
final class Hearing {
    /** Of a beat the only part that is not the same each time: when it was, or which it is. */
    private static final Pattern NUMBER = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ][\\d:.]+|\\d+");

    private final List<Expected> expected;
    private final Duration longest;

    /**
     * A message.
     *
     * @param told to whom, and after which step
     * @param example as a run of the control had it, renamed
     */
    record Expected(Told told, Norm norm, String kind, String example) {
        int socket() {
            return told.socket();
        }

        int after() {
            return told.after();
        }
    }

    private Hearing(List<Expected> expected, Duration longest) {
        this.expected = List.copyOf(expected);
        this.longest = longest;
    }

    /** Learns while the runs are gone through, step by step: values are called by their names as they are known then. */
    static final class Learner {
        private final List<Aligned> aligned;
        private final Set<Beat> beats = new HashSet<>();
        private final List<Expected> learned = new ArrayList<>();
        private final Duration longest;

        /** @param runs the first of them whole */
        Learner(List<List<Exchange>> runs) {
            this.aligned = Alignment.of(runs);
            List<Exchange> all = runs.stream().flatMap(List::stream).toList();
            all.stream()
                    .filter(exchange -> exchange.step().request().isSafe())
                    .flatMap(exchange -> exchange.heard().stream())
                    .map(Beat::of)
                    .forEach(beats::add);
            this.longest = all.stream()
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
                    Message first = same.byRun().firstEntry().getValue();
                    boolean byItself =
                            same.byRun().values().stream().map(Beat::of).anyMatch(beats::contains);
                    learned.add(new Expected(
                            new Told(first.socket(), step, byItself),
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

    /** What comes to a socket after a step that only reads, or opens it, is told by nobody's doing. */
    private record Beat(int socket, String event, String text) {
        static Beat of(Message message) {
            return new Beat(
                    message.socket(),
                    message.event(),
                    NUMBER.matcher(message.text()).replaceAll("0"));
        }
    }

    /** What is to be heard, one for each message. */
    List<Told> told() {
        return expected.stream().map(Expected::told).toList();
    }

    /** How long after its step a message came at most. */
    Duration longest() {
        return longest;
    }

    /** What one more run is to hear. */
    Due due() {
        return new Due(expected);
    }

    /** A message as a value to compare. */
    static JsonNode tree(Message message) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        if (!message.event().isEmpty()) {
            tree.put("event", message.event());
        }
        tree.set("data", MessageText.of(message.text()).tree());
        return tree;
    }

    /** What is alike in messages that say the same of different things. */
    static String kind(Message message) {
        return message.event() + " " + MessageText.of(message.text()).kind();
    }

    /** As a message of a report has it: without what gives access. */
    static String shown(Message message) {
        if (SecretNames.givesAccess(message.event())) {
            return message.event() + ": " + MessageText.HIDDEN;
        }
        String text = MessageText.of(message.text()).shown();
        return message.event().isEmpty() ? text : message.event() + ": " + text;
    }
}
