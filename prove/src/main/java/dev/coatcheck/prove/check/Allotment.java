package dev.coatcheck.prove.check;

import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * How often each step is sent again to one process, and which reads are put around it: as much as there is time for, so that a
 * scenario of a hundred slow steps stays practical. What writes comes first.
 *
 * @param times by the numbers of the steps; none for a step that polls, or whose request its user has sent before
 * @param looks the reads around a step, by its number
 */
record Allotment(Map<Integer, Integer> times, Map<Integer, List<Step>> looks) {
    /** More than the attempts that log-ins, codes and forms are given. */
    static final int TIMES = 12;

    /** Requests in one conversation, of each of the two kinds. */
    private static final int MOST_SENT = 600;

    private static final Duration FOR_REPETITIONS = Duration.ofSeconds(20);

    private static final Duration FOR_LOOKS = Duration.ofSeconds(10);

    /** A public page tells nothing of a log-out, a second and a third read may. */
    private static final int MOST_LOOKS = 3;

    /** A look is a read before the step, one by a stranger, and one after it. */
    static final int REQUESTS_OF_A_LOOK = 3;

    Allotment {
        times = Map.copyOf(times);
        looks = Map.copyOf(looks);
    }

    private record Sent(String user, Request request) {
        static Sent of(Step step) {
            return new Sent(step.user(), step.request());
        }
    }

    /**
     * @param took how long a step takes, by its number
     * @param opening the steps that leave a socket or a stream open, which are not sent again
     */
    static Allotment of(Scenario scenario, IntFunction<Duration> took, Set<Integer> opening) {
        return new Allotment(times(scenario, took, opening), looks(scenario, took, opening));
    }

    int times(int step) {
        return times.getOrDefault(step, 0);
    }

    List<Step> looks(int step) {
        return looks.getOrDefault(step, List.of());
    }

    private static Map<Integer, Integer> times(Scenario scenario, IntFunction<Duration> took, Set<Integer> opening) {
        Set<Sent> seen = new HashSet<>();
        List<Step> repeatable = scenario.steps().stream()
                .filter(step -> step.polling().retries() == 0 && !opening.contains(step.number()))
                .filter(step -> seen.add(Sent.of(step)))
                .sorted(Comparator.comparing(step -> took.apply(step.number())))
                .toList();
        Map<Integer, Integer> times = new HashMap<>();
        Purse purse = new Purse(FOR_REPETITIONS, MOST_SENT);
        for (boolean safe : List.of(false, true)) {
            List<Step> group = repeatable.stream()
                    .filter(step -> step.request().isSafe() == safe)
                    .toList();
            for (int i = 0; i < group.size(); i++) {
                int step = group.get(i).number();
                times.put(step, purse.take(took.apply(step), TIMES, group.size() - i));
            }
        }
        return times;
    }

    private static Map<Integer, List<Step>> looks(Scenario scenario, IntFunction<Duration> took, Set<Integer> opening) {
        // A log-out comes late, and mostly writes.
        List<Step> parting = scenario.steps().stream()
                .sorted(Comparator.comparing((Step step) -> step.request().isSafe())
                        .thenComparing(Comparator.comparingInt(Step::number).reversed()))
                .toList();
        Map<Integer, List<Step>> looks = new HashMap<>();
        Purse purse = new Purse(FOR_LOOKS, MOST_SENT);
        for (int round = 0; round < MOST_LOOKS; round++) {
            for (Step step : parting) {
                List<Step> reads = reads(scenario, step).stream()
                        .filter(read -> !opening.contains(read.number()))
                        .limit(MOST_LOOKS)
                        .toList();
                if (round < reads.size()
                        && purse.take(took.apply(reads.get(round).number()), REQUESTS_OF_A_LOOK, 1)
                                == REQUESTS_OF_A_LOOK) {
                    looks.computeIfAbsent(step.number(), _ -> new ArrayList<>()).add(reads.get(round));
                }
            }
        }
        return looks;
    }

    /** What its user reads beside it, the nearest first: mostly from before it, but what is read only after a log-out tells too. */
    private static List<Step> reads(Scenario scenario, Step parting) {
        Set<Sent> seen = new HashSet<>(Set.of(Sent.of(parting)));
        List<Step> before =
                reads(scenario.steps().subList(0, parting.number() - 1).reversed(), parting, seen);
        List<Step> after = reads(
                scenario.steps().subList(parting.number(), scenario.steps().size()), parting, seen);
        return Stream.of(
                        before.stream().limit(2),
                        after.stream().limit(1),
                        before.stream().skip(2),
                        after.stream().skip(1))
                .flatMap(reads -> reads)
                .toList();
    }

    private static List<Step> reads(List<Step> steps, Step parting, Set<Sent> seen) {
        return steps.stream()
                .filter(step -> step.request().isSafe() && step.user().equals(parting.user()))
                .filter(step -> seen.add(Sent.of(step)))
                .toList();
    }

    /** Time and requests that are left. */
    private static final class Purse {
        private Duration time;
        private int requests;

        Purse(Duration time, int requests) {
            this.time = time;
            this.requests = requests;
        }

        /** @return how many requests of this length there are for one of so many who still want some */
        int take(Duration each, int wanted, int sharing) {
            Duration length = each.plusMillis(1);
            long fitting = Math.min(time.dividedBy(sharing).dividedBy(length), requests / sharing);
            int taken = Math.toIntExact(Math.min(fitting, wanted));
            time = time.minus(length.multipliedBy(taken));
            requests -= taken;
            return taken;
        }
    }
}
