package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Learning.Sample;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What an application answers when nothing is split, learned from several runs of one scenario to single instances. What is
 * the same in every run has to be the same in the fleet. What varies is noise: it has to keep its shape, and where it only
 * repeats a value that the user carries from step to step (a cookie, a capture, a {@code {{newUuid}}}), it has to repeat the
 * value of the same run. What an instance shows of its own accord in every answer, its name or process id, is not demanded
 * to come again: a fleet has several of them.
 *
 * <p>Immutable.
 *
 * {@snippet :
 * Control control = Control.learn(List.of(first, second, third));
 * List<Difference> differences = control.differences(fleet);
 * }
 */
public final class Control {
    /** Fewer runs show too little of what varies. */
    public static final int LEAST_RUNS = 3;

    private final Map<Integer, Norm> norms;
    private final List<Noise> noise;

    private Control(Map<Integer, Norm> norms, List<Noise> noise) {
        this.norms = Map.copyOf(norms);
        this.noise = List.copyOf(noise);
    }

    /**
     * Learns from runs of the same steps, each in its order. Steps that were not answered in every run are not compared:
     * whether such a control is worth anything is for the caller to say.
     */
    public static Control learn(List<List<Exchange>> runs) {
        if (runs.size() < LEAST_RUNS) {
            throw new IllegalArgumentException(
                    "a control takes " + LEAST_RUNS + " runs or more to tell what varies, not " + runs.size());
        }
        List<List<Integer>> steps = runs.stream()
                .map(run ->
                        run.stream().map(exchange -> exchange.step().number()).toList())
                .distinct()
                .toList();
        if (steps.size() != 1) {
            throw new IllegalArgumentException("the runs are of different steps: " + steps);
        }
        List<Names> names = runs.stream().map(run -> new Names()).toList();
        Map<Integer, Norm> norms = new HashMap<>();
        List<Noise> noise = new ArrayList<>();
        for (int i = 0; i < runs.getFirst().size(); i++) {
            int index = i;
            List<Exchange> exchanges = runs.stream().map(run -> run.get(index)).toList();
            int number = exchanges.getFirst().step().number();
            IntStream.range(0, runs.size())
                    .forEach(run -> exchanges.get(run).values().forEach(names.get(run)::add));
            if (exchanges.stream().allMatch(exchange -> exchange.response().isPresent())) {
                Norm norm = learn(exchanges, names);
                norms.put(number, norm);
                noise.addAll(NoiseFinder.in(number, norm));
            }
            IntStream.range(0, runs.size()).forEach(run -> Comparison.remember(exchanges.get(run), names.get(run)));
        }
        return new Control(norms, noise);
    }

    private static Norm learn(List<Exchange> exchanges, List<Names> names) {
        List<Sample> samples = new ArrayList<>();
        for (int run = 0; run < exchanges.size(); run++) {
            Response response = exchanges.get(run).response().orElseThrow();
            samples.add(new Sample(ResponseTree.of(response).tree(), names.get(run)));
        }
        return Learning.norm(samples);
    }

    /** Begins the comparison of one more run. */
    public Comparison comparison() {
        return new Comparison(norms);
    }

    /** Compares a run whole. */
    public List<Difference> differences(List<Exchange> run) {
        Comparison comparison = comparison();
        return run.stream()
                .flatMap(exchange -> comparison.next(exchange).stream())
                .toList();
    }

    /** What varied among the runs, in the order of the steps. */
    public List<Noise> noise() {
        return noise;
    }

    /** The steps whose very status varied: such an application flickers by itself. */
    public Set<Integer> flickering() {
        Set<Integer> steps = new TreeSet<>();
        norms.forEach((number, norm) -> {
            if (norm instanceof Norm.Fields fields
                    && !(fields.always().get(ResponseTree.STATUS) instanceof Norm.Exact)) {
                steps.add(number);
            }
        });
        return steps;
    }
}
