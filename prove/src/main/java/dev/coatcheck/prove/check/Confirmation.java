package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether a difference comes from the split: the same conversation is played split and unsplit, in turn. Only where all of
 * the split ones break at the step and none of the others does is it no accident.
 *
 * @param result what came of it
 * @param split the last that was played split
 * @param unsplit the last that was played unsplit; the other one, where it did not come to that
 */
record Confirmation(Result result, Run split, Run unsplit) {
    static final int ROUNDS = 3;

    private static final Duration SHORT = Duration.ofSeconds(5);

    enum Result {
        CONFIRMED("and again each time"),
        NOT_AGAIN("and not again when it was tried again"),
        /** The victim was never reached. */
        EARLIER("but when it was tried again, step %d before it did"),
        UNSPLIT_AS_WELL(
                "and so it did in one process that nobody killed, with as many others beside it and in as much time"),
        /** It differed unsplit as well, and that was learned from: it may be that nothing differs any more. */
        TAUGHT("and it varies by itself");

        private final String words;

        Result(String words) {
            this.words = words;
        }
    }

    /** For what comes at once where it comes at all: that it does not was waited for before. */
    static Plan hasty(Plan plan) {
        return plan.patience().compareTo(SHORT) > 0 ? plan.patient(SHORT) : plan;
    }

    /** @param first how the split went before, where it was played already */
    static Confirmation of(Stage stage, Plan split, int victim, Optional<Run> first) throws InterruptedException {
        for (int round = 1; ; round++) {
            String number = " " + round + " of " + ROUNDS;
            Plan named = split.named("confirm split" + number);
            Run broken = round == 1 && first.isPresent() ? first.get() : again(stage, named, victim, round == ROUNDS);
            if (!broken.brokeAt(victim)) {
                Result result = brokeBefore(victim, broken) ? Result.EARLIER : Result.NOT_AGAIN;
                return new Confirmation(result, broken, broken);
            }
            Run well = stage.run(split.unsplit("confirm unsplit" + number, broken.gaps(), broken.livedAtOnce()));
            if (well.broken().isPresent()) {
                return new Confirmation(stage.learn(well) ? Result.TAUGHT : Result.UNSPLIT_AS_WELL, broken, well);
            }
            if (round == ROUNDS) {
                return new Confirmation(Result.CONFIRMED, broken, well);
            }
        }
    }

    /**
     * Two runs that waited in vain are enough to know that nothing comes; one may have had bad luck. The last need not wait.
     * A run that broke before the victim tells nothing of it, and is played once more: where it was hasty, an earlier step
     * may have needed the time for what a killed process had begun.
     */
    private static Run again(Stage stage, Plan plan, int victim, boolean last) throws InterruptedException {
        Run run = stage.run(last ? hasty(plan) : plan);
        return brokeBefore(victim, run) ? stage.run(plan) : run;
    }

    private static boolean brokeBefore(int victim, Run run) {
        return run.broken().filter(at -> at.step() < victim).isPresent();
    }

    /** The result, after a comma. */
    String words() {
        return result.words.formatted(split.broken().map(Run.Break::step).orElse(0));
    }

    boolean isConfirmed() {
        return result == Result.CONFIRMED;
    }

    /** What the victim's response had that the control's has not. */
    List<Difference> differences() {
        return split.broken().orElseThrow().differences();
    }
}
