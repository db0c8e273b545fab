package dev.coatcheck.prove.check;

import dev.coatcheck.prove.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * After which steps a process is killed. Each kill is a start, so in a long scenario what is alike is tried once, and again as
 * soon as a kind of write stood before it that had not: a cart is in the database for a guest, and may be in memory after the log-in.
 *
 * @param tried the steps after which somebody is killed
 * @param leftOut those that are like one of them
 */
record Kills(List<Integer> tried, List<Integer> leftOut) {
    /** Of a longer scenario not every step gets a process of its own: each is a start, and most steps are like others. */
    static final int LONG = 32;

    /** So many steps are named; there may be hundreds. */
    private static final int MOST_NAMED = 10;

    Kills {
        tried = List.copyOf(tried);
        leftOut = List.copyOf(leftOut);
    }

    /** Between two steps of which not two like them followed each other there before. */
    static Kills betweenSteps(Scenario scenario) {
        int steps = scenario.steps().size();
        List<Integer> all = IntStream.range(1, steps).boxed().toList();
        return steps <= LONG ? new Kills(all, List.of()) : new Likeness(scenario).thinned(all, 2);
    }

    /** After the first writing step of a kind. Behind the last step nothing could show what was lost. */
    static Kills afterWrites(Scenario scenario) {
        int steps = scenario.steps().size();
        List<Integer> all =
                Writing.steps(scenario).stream().filter(step -> step < steps).toList();
        return steps <= LONG ? new Kills(all, List.of()) : new Likeness(scenario).thinned(all, 1);
    }

    /** The steps that were left out, as in a sentence. */
    String leftOutInWords() {
        String named = leftOut.stream().limit(MOST_NAMED).map(String::valueOf).collect(Collectors.joining(", "));
        return leftOut.size() <= MOST_NAMED ? named : named + ", … (" + leftOut.size() + " in all)";
    }

    private static final class Likeness {
        private final List<Kind> kinds;

        /** How many kinds of writes stand before each step. As none is ever taken back, equal numbers are equal kinds. */
        private final List<Integer> kindsOfWrites = new ArrayList<>();

        Likeness(Scenario scenario) {
            kinds = scenario.steps().stream().map(Kind::of).toList();
            Set<Integer> writing = Set.copyOf(Writing.steps(scenario));
            Set<Kind> written = new HashSet<>();
            for (int step = 1; step <= kinds.size(); step++) {
                kindsOfWrites.add(written.size());
                if (writing.contains(step)) {
                    written.add(kinds.get(step - 1));
                }
            }
        }

        private record Situation(List<Kind> kinds, int kindsOfWrites) {}

        /** @param looked at how many steps, from the one that somebody is killed after */
        Kills thinned(List<Integer> steps, int looked) {
            IntFunction<Situation> situation =
                    step -> new Situation(kinds.subList(step - 1, step - 1 + looked), kindsOfWrites.get(step - 1));
            Set<Situation> seen = new HashSet<>();
            List<Integer> tried = new ArrayList<>();
            List<Integer> leftOut = new ArrayList<>();
            for (int step : steps) {
                (seen.add(situation.apply(step)) ? tried : leftOut).add(step);
            }
            return new Kills(tried, leftOut);
        }
    }
}
