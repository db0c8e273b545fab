package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a plan, with what proves that it was carried out.
 *
 * @param played the steps in the order in which they were played, repetitions among them; it ends with the first that broke
 * @param starts the processes that were started for it, web processes and workers
 * @param kills the processes that were killed on purpose
 * @param livedAtOnce how many web processes there were at most beside each other, started or about to be
 * @param broken the first step that differed from the control
 * @param at when the first process was started
 * @param weaknesses what its disks held apart less well than they should, and steps that could not be sent to the process
 *     that they were meant for, in words
 */
public record Run(
        Plan plan,
        List<Played> played,
        List<Started> starts,
        List<Killed> kills,
        int livedAtOnce,
        Optional<Break> broken,
        Instant at,
        Duration took,
        List<String> weaknesses) {
    public Run {
        weaknesses = List.copyOf(weaknesses);
        played = List.copyOf(played);
        starts = List.copyOf(starts);
        kills = List.copyOf(kills);
    }

    /**
     * A step that was played.
     *
     * @param instance who answered
     * @param pid the id of the {@linkplain LabInstance#servingPid process} that answered, the last of them where it polled
     * @param repeated whether it was only repeated, for what it leaves behind
     */
    public record Played(Exchange exchange, String instance, long pid, boolean repeated) {
        /** The same, and more is known of it. */
        Played withExchange(Exchange other) {
            return new Played(other, instance, pid, repeated);
        }

        /** The same, known as another step. */
        public Played withStep(Step other) {
            return new Played(exchange.withStep(other), instance, pid, repeated);
        }
    }

    /**
     * A process that was started.
     *
     * @param pid the id of the {@linkplain LabInstance#servingPid process} that takes its requests, or that was started
     * @param layer names its writable layer: another name is another disk
     * @param readyAfter from the start until it took requests; zero for a process that takes none
     */
    public record Started(String instance, long pid, String layer, Instant at, Duration readyAfter) {}

    /**
     * A process that was killed, with all that it had started.
     *
     * @param at when SIGKILL was sent
     * @param gone whether nothing of it was left when it was looked for
     */
    public record Killed(String instance, long pid, int afterStep, Instant at, boolean gone) {}

    /**
     * A step whose response was not the control's.
     *
     * @param step its number
     * @param differences at least one, the most telling first
     * @param wrote what the process that answered wrote meanwhile, where it failed at the step, or did not answer
     */
    public record Break(int step, List<Difference> differences, List<String> wrote) {
        public Break {
            differences = List.copyOf(differences);
            wrote = List.copyOf(wrote);
        }
    }

    /** The same run, and that it broke there. */
    public Run breaking(Break at) {
        return new Run(plan, played, starts, kills, livedAtOnce, Optional.of(at), this.at, took, weaknesses);
    }

    /** The same run, whose steps were played like that. */
    public Run withPlayed(List<Played> other) {
        return new Run(plan, other, starts, kills, livedAtOnce, broken, at, took, weaknesses);
    }

    /** Whether the run came to its end, and broke at this step. */
    public boolean brokeAt(int step) {
        return broken.isPresent() && broken.get().step() == step;
    }

    /** How long after the step before each step began, by their numbers. */
    public Map<Integer, Duration> gaps() {
        Map<Integer, Duration> gaps = new HashMap<>();
        List<Exchange> steps = exchanges();
        for (int i = 1; i < steps.size(); i++) {
            Duration gap = Duration.between(steps.get(i - 1).at(), steps.get(i).at());
            if (gap.isPositive()) {
                gaps.put(steps.get(i).step().number(), gap);
            }
        }
        return gaps;
    }

    /** The exchanges of the steps themselves, without repetitions, in order. */
    public List<Exchange> exchanges() {
        return played.stream()
                .filter(played -> !played.repeated())
                .map(Played::exchange)
                .toList();
    }
}
