package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import java.time.Duration;
import java.util.List;

/**
 * Whether a difference comes from the split: the same conversation is played split and unsplit, in turn. Only where all of
 * the split ones break at the step and none of the others does is it no accident.
 *
 * @param isConfirmed whether it is no accident
 * @param hasTaught whether an unsplit run differed and was learned from: then it may be that nothing differs any more
 * @param split the last that was played split
 * @param unsplit the last that was played unsplit; the other one, where it did not come to that
 */
record Confirmation(boolean isConfirmed, boolean hasTaught, Run split, Run unsplit) {
    static final int ROUNDS = 3;

    private static final Duration SHORT = Duration.ofSeconds(5);

    /** For what comes at once where it comes at all: that it does not was waited for before. */
    static Plan hasty(Plan plan) {
        return plan.patience().compareTo(SHORT) > 0 ? plan.patient(SHORT) : plan;
    }

    static Confirmation of(Stage stage, Plan split, int victim) throws InterruptedException {
        for (int round = 1; ; round++) {
            String number = " " + round + " of " + ROUNDS;
            Plan named = split.named("confirm split" + number);
            // Two runs that waited in vain are enough to know that nothing comes; one may have had bad luck.
            Run broken = stage.run(round < ROUNDS ? named : hasty(named));
            if (!broken.brokeAt(victim)) {
                return new Confirmation(false, false, broken, broken);
            }
            Run well = stage.run(split.unsplit("confirm unsplit" + number));
            if (well.broken().isPresent()) {
                return new Confirmation(false, stage.learn(well), broken, well);
            }
            if (round == ROUNDS) {
                return new Confirmation(true, false, broken, well);
            }
        }
    }

    /** What the victim's response had that the control's has not. */
    List<Difference> differences() {
        return split.broken().orElseThrow().differences();
    }
}
