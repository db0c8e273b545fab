package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A conversation that is longer than its scenario: some of its steps are sent once more in between. It is a scenario itself,
 * whose steps have numbers of their own; this knows which of the original each of them is. Immutable.
 */
public final class Extended {
    /** In sentences, which speak of the numbers of the longer conversation. */
    private static final Pattern NUMBER = Pattern.compile("(?<=\\bstep )\\d+");

    private final Scenario scenario;
    private final List<Line> lines;

    /** @param original the step of the scenario that this one is, or was added as */
    private record Line(Step original, boolean added) {}

    private Extended(Scenario scenario, List<Line> lines) {
        this.scenario = scenario;
        this.lines = List.copyOf(lines);
    }

    /** Nothing is added. */
    public static Extended none(Scenario scenario) {
        Writer writer = new Writer(scenario);
        scenario.steps().forEach(step -> writer.play(step.number()));
        return writer.done();
    }

    /** Writes a conversation down, from its beginning to its end. */
    static final class Writer {
        private final Scenario original;
        private final List<Line> lines = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();

        Writer(Scenario original) {
            this.original = original;
        }

        /** Goes on with a step of the scenario itself. */
        int play(int number) {
            Step step = original.steps().get(number - 1);
            return write(new Line(step, false), step);
        }

        /** Adds a step of the scenario, as bare as it can be. */
        int add(Step step) {
            return write(new Line(original.steps().get(step.number() - 1), true), step.bare());
        }

        /** How many steps there are so far. */
        int written() {
            return lines.size();
        }

        private int write(Line line, Step step) {
            lines.add(line);
            steps.add(step.withNumber(lines.size()));
            return lines.size();
        }

        Extended done() {
            return new Extended(new Scenario(original.name(), steps), lines);
        }
    }

    /** The whole conversation. */
    public Scenario scenario() {
        return scenario;
    }

    int steps() {
        return lines.size();
    }

    /** Which step of the original a step of the conversation is. */
    public int origin(int step) {
        return lines.get(step - 1).original().number();
    }

    /** Whether the step is one more than the original has. */
    public boolean isAdded(int step) {
        return lines.get(step - 1).added();
    }

    /** Where the original's step stands in the conversation, and all that were added of it. */
    private List<Integer> all(int original) {
        return IntStream.rangeClosed(1, lines.size())
                .filter(step -> origin(step) == original)
                .boxed()
                .toList();
    }

    /** Where the original's step itself stands: all of them are in the conversation. */
    private int itself(int original) {
        return all(original).stream()
                .filter(step -> !isAdded(step))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the conversation has no step " + original));
    }

    /** What is allowed for in the original, in the conversation. */
    Allowances allowances(Allowances original) {
        Allowances here = Allowances.NONE;
        for (int repeated : original.repeated()) {
            here = here.repeating(itself(repeated));
        }
        for (SortedSet<Integer> group : original.tied()) {
            here = here.tying(group.stream().flatMap(step -> all(step).stream()).toList());
        }
        OptionalInt workersWith = original.workersWith();
        return workersWith.isPresent() ? here.withWorkersAt(itself(workersWith.getAsInt())) : here;
    }

    /** What was found in the conversation, as a leak of the original. */
    Leak original(Leak leak) {
        return new Leak(
                leak.check(),
                leak.cause(),
                leak.polluter().isPresent()
                        ? OptionalInt.of(origin(leak.polluter().getAsInt()))
                        : OptionalInt.empty(),
                origin(leak.victim()),
                leak.differences(),
                leak.trace().told(this::inWords),
                leak.evidence().stream().map(this::inWords).toList(),
                leak.scope());
    }

    /** The run as one of the original, in which steps were played several times. */
    public Run original(Run run) {
        return run.withPlayed(run.played().stream()
                .map(played -> played.withStep(
                        lines.get(played.exchange().step().number() - 1).original()))
                .toList());
    }

    /** The sentence with the original's numbers. */
    public String inWords(String sentence) {
        return NUMBER.matcher(sentence).replaceAll(number -> {
            int step = Integer.parseInt(number.group());
            return String.valueOf(step >= 1 && step <= lines.size() ? origin(step) : step);
        });
    }
}
