package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A scenario whose steps are sent again in their place, with reads around them, and with as many more reads at its end as fill it
 * up: a limit that all steps share may be as high as that. Knows where the requests of each step stand.
 */
final class RepeatingConversation {
    /** A hundred is what limits of a whole application are mostly set to, where they are low. */
    static final int FILLED_UP = 120;

    /** One that is turned away in the end, as after a log-out, fills nothing up. */
    private static final int MOST_FILLING = 3;

    private final Scenario scenario;
    private final Extended.Writer writer;
    private final int[] itself;
    private final Map<Integer, List<Integer>> again = new TreeMap<>();
    private final Map<Integer, List<Look>> looks = new TreeMap<>();
    private final Map<Integer, List<Integer>> filling = new TreeMap<>();
    private final Extended extended;

    /**
     * A read around a step, by the places of its requests.
     *
     * @param read the step of the scenario that it is
     * @param stranger as somebody who never came before
     * @param before as the user, before the step
     * @param after with the same cookies and captures, after it
     */
    record Look(int read, int stranger, int before, int after) {}

    /**
     * @param times how often each step comes again, by its number
     * @param around the reads around each step, by its number
     * @param opening the steps that leave a socket or a stream open, which are played once
     */
    RepeatingConversation(
            Scenario scenario, Map<Integer, Integer> times, Map<Integer, List<Step>> around, Set<Integer> opening) {
        this.scenario = scenario;
        this.writer = new Extended.Writer(scenario);
        this.itself = new int[scenario.steps().size() + 1];
        for (Step step : scenario.steps()) {
            write(step, times.getOrDefault(step.number(), 0), around.getOrDefault(step.number(), List.of()));
        }
        if (times.values().stream().anyMatch(count -> count > 0)) {
            fillUp(opening);
        }
        this.extended = writer.done();
    }

    private void write(Step step, int times, List<Step> around) {
        int number = step.number();
        List<int[]> before = around.stream()
                .map(read -> new int[] {writer.add(read.asOf(Step.BEGINNING)), writer.add(read.asOf(number))})
                .toList();
        itself[number] = writer.play(number);
        List<Look> looked = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            Step read = around.get(i);
            int after = writer.add(read.asOf(number));
            looked.add(new Look(read.number(), before.get(i)[0], before.get(i)[1], after));
        }
        looks.put(number, looked);
        again.put(
                number,
                IntStream.range(0, times).mapToObj(_ -> writer.add(step)).toList());
    }

    private void fillUp(Set<Integer> opening) {
        Set<Request> seen = new HashSet<>();
        List<Step> reads = scenario.steps().reversed().stream()
                .filter(step -> step.request().isSafe()
                        && step.polling().retries() == 0
                        && !opening.contains(step.number())
                        && seen.add(step.request()))
                .limit(MOST_FILLING)
                .toList();
        for (int place = writer.written(); !reads.isEmpty() && place < FILLED_UP; place++) {
            Step read = reads.get(place % reads.size());
            filling.computeIfAbsent(read.number(), _ -> new ArrayList<>()).add(writer.add(read));
        }
    }

    Extended extended() {
        return extended;
    }

    Plan plan(String name) {
        return Plan.together(name, extended.steps());
    }

    List<Look> looks(int step) {
        return looks.getOrDefault(step, List.of());
    }

    /** The steps that it is filled up with. */
    Set<Integer> filling() {
        return filling.keySet();
    }

    /** What was answered in a run of it, which may have ended early. */
    Optional<Exchange> at(int place, Run run) {
        List<Exchange> exchanges = run.exchanges();
        return place <= exchanges.size() ? Optional.of(exchanges.get(place - 1)) : Optional.empty();
    }

    Optional<Exchange> itself(int step, Run run) {
        return at(itself[step], run);
    }

    /** The step and its repetitions, as far as they were answered. */
    List<Exchange> repeated(int step, Run run) {
        return withItself(step, again.getOrDefault(step, List.of()), run);
    }

    /** The step and those like it that stand at the end. */
    List<Exchange> filled(int step, Run run) {
        return withItself(step, filling.getOrDefault(step, List.of()), run);
    }

    private List<Exchange> withItself(int step, List<Integer> places, Run run) {
        return IntStream.concat(IntStream.of(itself[step]), places.stream().mapToInt(place -> place))
                .mapToObj(place -> at(place, run))
                .takeWhile(exchange -> exchange.flatMap(Exchange::response).isPresent())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Whether a repetition of the step was the first request that nobody answered. */
    boolean isSilentAt(int step, Run run) {
        int last = run.exchanges().size();
        return again.getOrDefault(step, List.of()).contains(last)
                && run.exchanges().getLast().response().isEmpty();
    }
}
