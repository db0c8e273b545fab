package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds what several runs have all heard, without knowing what their values are called. */
final class Alignment {
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

    private record Heard(int after, Message message) {}

    /** What messages have in common that may be the same. */
    private record Likeness(int socket, String event, String words) {}

    private Alignment(List<List<Exchange>> runs) {
        for (List<Exchange> run : runs) {
            List<Heard> all = new ArrayList<>();
            run.forEach(exchange -> exchange.heard()
                    .forEach(message -> all.add(new Heard(exchange.step().number(), message))));
            heard.add(all);
            lengths.add(run.isEmpty() ? 0 : run.getLast().step().number());
        }
    }

    /** @param runs the first of them whole */
    static List<Aligned> of(List<List<Exchange>> runs) {
        Alignment alignment = new Alignment(runs);
        // What is the same to the letter first: so a beat that comes now and then is not taken for what tells
        // something.
        alignment.align(Message::text);
        alignment.align(message -> MessageText.of(message.text()).kind());
        return alignment.aligned;
    }

    /** Of those that are alike the first of each run are the same, and the second of each, as far as each run has one. */
    private void align(Function<Message, String> words) {
        List<Map<Likeness, List<Heard>>> alike = heard.stream()
                .map(run -> run.stream().collect(Collectors.groupingBy(each -> likeness(each.message(), words))))
                .toList();
        Map<Likeness, Integer> ranks = new HashMap<>();
        for (Heard first : List.copyOf(heard.getFirst())) {
            Likeness likeness = likeness(first.message(), words);
            int rank = ranks.merge(likeness, 1, Integer::sum) - 1;
            SortedMap<Integer, Heard> same = new TreeMap<>();
            for (int run = 0; run < heard.size(); run++) {
                List<Heard> candidates = alike.get(run).getOrDefault(likeness, List.of());
                if (rank < candidates.size()) {
                    same.put(run, candidates.get(rank));
                }
            }
            inAll(same).ifPresent(aligned::add);
        }
    }

    private static Likeness likeness(Message message, Function<Message, String> words) {
        return new Likeness(message.socket(), message.event(), words.apply(message));
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
