package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import java.util.List;

/**
 * Whether a difference comes from the split: the same conversation is played split and unsplit, in turn. Only where all of
 * the split ones break at the step and none of the others does is it no accident.
 *
 * @param rounds how often each was played; fewer than {@link #ROUNDS} where the answer was no
 * @param differences of the first split run; empty where it is not confirmed
 */
record Confirmation(int rounds, List<Difference> differences) {
    static final int ROUNDS = 3;

    boolean isConfirmed() {
        return !differences.isEmpty();
    }

    static Confirmation of(Stage stage, Plan split, int victim) throws InterruptedException {
        List<Difference> differences = List.of();
        for (int round = 1; round <= ROUNDS; round++) {
            String number = " " + round + " of " + ROUNDS;
            Run broken = stage.run(split.named("confirm split" + number));
            if (!broken.brokeAt(victim)) {
                return new Confirmation(round, List.of());
            }
            if (round == 1) {
                differences = broken.broken().orElseThrow().differences();
            }
            Run well = stage.run(split.unsplit("confirm unsplit" + number));
            if (well.broken().isPresent()) {
                return new Confirmation(round, List.of());
            }
        }
        return new Confirmation(ROUNDS, differences);
    }
}
