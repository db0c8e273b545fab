package dev.coatcheck.prove.bind;

import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where the values of a recorded conversation came from. A bound scenario captures them where they are produced and sends what
 * was captured, so that a recording in which the database gave id 17 plays well where it gives 1.
 *
 * <p>A word of a request is bound to the latest response before it that held the same value, plain or in another coding, if
 * it tells enough to be no accident: four characters with a digit among them, or sixteen of any kind. A number of up to
 * five digits is bound where both sides call it the same or the response calls it an id. What the user was the first to
 * say, an e-mail address that the page repeats, is the user's own and stays. Cookies need no binding: the player keeps them.
 * Where a response has nothing in that place when it is played, the value that was recorded is sent.
 *
 * <p>Of one request the first 2,000 words that may be such are looked up, and responses of more than 1 MiB give nothing but
 * their headers and the hidden fields of a page: whoever uploads a table has not read it before. Notes tell where that was so.
 *
 * <p>For recordings. In a scenario that a person wrote, what stands there is meant: it has captures for what is not.
 *
 * <p>Immutable. The method of matching values is that of BlazeMeter's correlation recorder, without its replay.
 */
public final class Bindings {
    private static final Pattern SMALL_NUMBER = Pattern.compile("\\d{1,5}");
    private static final Pattern ID = Pattern.compile("(?i)id|.*(_id|-id)|.*[a-z]Id");

    private final List<Binding> all;
    private final Map<Integer, Step> bound;
    private final List<String> notes;

    private Bindings(List<Binding> all, Map<Integer, Step> bound, List<String> notes) {
        this.all = List.copyOf(all);
        this.bound = Map.copyOf(bound);
        this.notes = List.copyOf(notes);
    }

    /** Finds the bindings of a conversation whose steps stand in the order of their numbers. */
    public static Bindings find(List<Recorded> conversation) {
        return new Search().in(conversation);
    }

    /** What was found, in the order of the consumers. */
    public List<Binding> all() {
        return all;
    }

    /** Where not all was looked for, in sentences. */
    public List<String> notes() {
        return notes;
    }

    /** The step with variables for what it carries and captures for what it gives; itself, where it was not recorded. */
    public Step bind(Step step) {
        return bound.getOrDefault(step.number(), step);
    }

    /** All steps, bound. */
    public Scenario bind(Scenario scenario) {
        return new Scenario(
                scenario.name(), scenario.steps().stream().map(this::bind).toList());
    }

    private static final class Search {
        private static final int MOST_LOOKED_UP = 2_000;

        private final List<Binding> found = new ArrayList<>();
        private final List<Earlier> responses = new ArrayList<>();
        private final Set<String> saidByUser = new HashSet<>();
        private final Map<String, String> variables = new HashMap<>();
        private final Map<Integer, List<Capture>> captures = new HashMap<>();
        private final SortedSet<Integer> overlong = new TreeSet<>();
        private int lookedUp;

        private record Earlier(int step, Leaves leaves) {}

        Bindings in(List<Recorded> conversation) {
            Map<Integer, Step> steps = new LinkedHashMap<>();
            for (Recorded recorded : conversation) {
                Step step = recorded.step();
                lookedUp = 0;
                Words words = new Words((name, word) -> source(step.number(), name, word));
                steps.put(step.number(), step.withRequest(words.in(step.request())));
                responses.add(new Earlier(step.number(), new Leaves(recorded.response())));
            }
            captures.forEach((producer, more) -> steps.computeIfPresent(producer, (number, step) -> {
                List<Capture> both = new ArrayList<>(step.captures());
                both.addAll(more);
                return step.withCaptures(both);
            }));
            return new Bindings(found, steps, notes());
        }

        private List<String> notes() {
            List<String> notes = new ArrayList<>();
            long cut = responses.stream()
                    .filter(earlier -> earlier.leaves().areCut())
                    .count();
            if (cut > 0) {
                notes.add("in the answers of " + cut + " steps, which have more than " + (Leaves.LONGEST_BODY >> 20)
                        + " MiB, nothing was looked for but headers and hidden fields: other values that later steps have"
                        + " from them are sent as they were recorded");
            }
            if (!overlong.isEmpty()) {
                notes.add("of what steps "
                        + overlong.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " send, only "
                        + MOST_LOOKED_UP
                        + " words each were looked for in earlier answers: what comes behind them is sent"
                        + " as it was recorded");
            }
            return notes;
        }

        private Optional<Template.Variable> source(int consumer, String name, String word) {
            boolean candidate = isTelling(word) || SMALL_NUMBER.matcher(word).matches();
            if (!candidate || saidByUser.contains(word)) {
                return Optional.empty();
            }
            if (++lookedUp > MOST_LOOKED_UP) {
                overlong.add(consumer);
                return Optional.empty();
            }
            for (Earlier earlier : responses.reversed()) {
                Optional<Selection> selection = selection(earlier.leaves(), name, word);
                if (selection.isPresent()) {
                    return Optional.of(bind(earlier.step(), selection.get(), consumer, word));
                }
            }
            saidByUser.add(word);
            return Optional.empty();
        }

        private Template.Variable bind(int producer, Selection selection, int consumer, String word) {
            String key = producer + " " + selection;
            String variable = variables.computeIfAbsent(key, k -> {
                String fresh = "step" + producer + "-"
                        + (captures.getOrDefault(producer, List.of()).size() + 1);
                captures.computeIfAbsent(producer, p -> new ArrayList<>())
                        .add(new Capture(fresh, selection, Optional.of(word)));
                return fresh;
            });
            found.add(new Binding(producer, selection, consumer, variable));
            return new Template.Variable(variable);
        }

        private static Optional<Selection> selection(Leaves leaves, String name, String word) {
            List<Leaf> candidates = new ArrayList<>(leaves.holding(word));
            if (isTelling(word)) {
                candidates.addAll(leaves.holdingCoded(word));
            }
            return candidates.stream()
                    .filter(leaf -> isNoAccident(leaf, name, word) && leaves.yields(leaf.selection(), word))
                    .findFirst()
                    .or(() -> leaves.inText(word).filter(leaf -> isNoAccident(leaf, name, word)))
                    .map(Leaf::selection);
        }

        private static boolean isTelling(String word) {
            boolean number = SMALL_NUMBER.matcher(word).matches();
            boolean digit = word.chars().anyMatch(Character::isDigit);
            return !number && (word.length() >= 16 || (word.length() >= 4 && digit));
        }

        private static boolean isNoAccident(Leaf leaf, String name, String word) {
            return isTelling(word)
                    || ID.matcher(leaf.name()).matches()
                    || (!name.isEmpty() && leaf.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)));
        }
    }
}
