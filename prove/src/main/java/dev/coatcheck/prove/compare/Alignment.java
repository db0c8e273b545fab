package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds what several runs have all heard, without knowing what their values are called. */
final class Alignment {
    /** As long as this, with a letter in it, a value that a run has drawn or captured is no word of the application's own. */
    private static final int SHORTEST_VALUE = 6;

    private static final Pattern LETTER = Pattern.compile("[A-Za-z]");

    /** Of each run what is in no other that was found. */
    private final List<List<Heard>> heard = new ArrayList<>();

    /** The last step of each run. */
    private final List<Integer> lengths = new ArrayList<>();

    private final List<Aligned> aligned = new ArrayList<>();

    /**
     * One message of each run that are taken for the same.
     *
     * @param after the number of the step after which it was there in each
     * @param byRun by the index of the run; one that ended before it came has none
     */
    record Aligned(int after, SortedMap<Integer, Message> byRun) {}

    /** @param text without what the run has drawn or captured */
    private record Heard(int after, Message message, String text) {}

    /** What messages have in common that may be the same. */
    private record Likeness(int socket, String event, String words) {}

    private Alignment(List<List<Exchange>> runs) {
        for (List<Exchange> run : runs) {
            List<String> values = values(run);
            List<Heard> all = new ArrayList<>();
            run.forEach(exchange -> exchange.heard()
                    .forEach(message ->
                            all.add(new Heard(exchange.step().number(), message, without(values, message.text())))));
            heard.add(all);
            lengths.add(run.isEmpty() ? 0 : run.getLast().step().number());
        }
    }

    private static List<String> values(List<Exchange> run) {
        return run.stream()
                .flatMap(exchange -> exchange.values().values().stream())
                .filter(value -> value.length() >= SHORTEST_VALUE
                        && LETTER.matcher(value).find())
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** With a digit in the place of each, so that none is taken for a word, nor one without a digit for another kind. */
    private static String without(List<String> values, String text) {
        String rest = text;
        for (String value : values) {
            rest = rest.replace(value, "0");
        }
        return rest;
    }

    /** @param runs the first of them whole */
    static List<Aligned> of(List<List<Exchange>> runs) {
        Alignment alignment = new Alignment(runs);
        // What is the same to the letter first: so a beat that comes now and then is not taken for what tells
        // something.
        alignment.align(false, each -> each.message().text());
        alignment.align(false, each -> MessageText.of(each.text()).kind());
        // So little says now that they are the same that it takes as many in each.
        alignment.align(true, each -> MessageText.of(each.text()).form());
        return alignment.aligned;
    }

    /**
     * Of those that are alike the first of each run are the same, and the second of each, as far as each run has one.
     *
     * @param asMany whether only what each whole run has as often is looked at
     */
    private void align(boolean asMany, Function<Heard, String> words) {
        List<Map<Likeness, List<Heard>>> alike = heard.stream()
                .map(run -> run.stream().collect(Collectors.groupingBy(each -> likeness(each, words))))
                .toList();
        Map<Likeness, Integer> ranks = new HashMap<>();
        for (Heard first : List.copyOf(heard.getFirst())) {
            Likeness likeness = likeness(first, words);
            int rank = ranks.merge(likeness, 1, Integer::sum) - 1;
            SortedMap<Integer, Heard> same = new TreeMap<>();
            for (int run = 0; run < heard.size(); run++) {
                List<Heard> candidates = alike.get(run).getOrDefault(likeness, List.of());
                if (rank < candidates.size()) {
                    same.put(run, candidates.get(rank));
                }
            }
            if (!asMany || isAsOften(likeness, alike)) {
                inAll(same).ifPresent(aligned::add);
            }
        }
    }

    /** Runs that ended early may have fewer. */
    private boolean isAsOften(Likeness likeness, List<Map<Likeness, List<Heard>>> alike) {
        return IntStream.range(0, alike.size())
                        .filter(run -> lengths.get(run).equals(lengths.getFirst()))
                        .map(run ->
                                alike.get(run).getOrDefault(likeness, List.of()).size())
                        .distinct()
                        .count()
                == 1;
    }

    private static Likeness likeness(Heard heard, Function<Heard, String> words) {
        Message message = heard.message();
        return new Likeness(message.socket(), message.event(), words.apply(heard));
    }

    /** Empty where a run that went on for long enough has none. */
    private Optional<Aligned> inAll(SortedMap<Integer, Heard> same) {
        int after = same.values().stream().mapToInt(Heard::after).max().orElse(0);
        for (int run = 0; run < heard.size(); run++) {
            if (!same.containsKey(run) && lengths.get(run) >= after) {
                return Optional.empty();
            }
        }
        SortedMap<Integer, Message> byRun = new TreeMap<>();
        same.forEach((run, found) -> {
            heard.get(run).remove(found);
            byRun.put(run, found.message());
        });
        return Optional.of(new Aligned(after, byRun));
    }
}
