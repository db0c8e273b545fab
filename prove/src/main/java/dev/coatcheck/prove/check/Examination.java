package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Case.EarlierVictim;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out why a step broke: whether it was the split, which earlier step left behind what it needs, and of what kind that
 * is. Polluter and victim are the words of Shi et al., "iFixFlakies" (2019), for tests that depend on their order.
 */
final class Examination {
    /** How often it may turn out that the control varies in yet another way. */
    private static final int LESSONS = 3;

    private final Stage stage;
    private final Scenario scenario;
    private boolean learned;
    private String doubt = "";

    Examination(Stage stage, Scenario scenario) {
        this.stage = stage;
        this.scenario = scenario;
    }

    /**
     * Examines the step at which a plan broke.
     *
     * @param allowances with which the plan was played, and with which all that follows from it is
     * @param broken how it went
     * @return empty where it did not break again, or breaks unsplit as well
     */
    Optional<Leak> examine(Check check, Plan plan, Allowances allowances, Run broken) throws InterruptedException {
        int victim = broken.broken().orElseThrow().step();
        Optional<Leak> passedOver = Optional.empty();
        learned = false;
        while (true) {
            Case opened = new Case(stage, scenario, check, allowances.in(plan.upTo(victim)), allowances);
            try {
                Optional<Leak> leak = examine(opened, broken);
                return leak.isPresent() ? leak : passedOver;
            } catch (EarlierVictim earlier) {
                passedOver = passedOver.isPresent() ? passedOver : opened.soFar();
                victim = earlier.step();
            } catch (InconclusiveException e) {
                opened.found("the rest could not be tried: " + e.reason());
                Optional<Leak> leak = opened.soFar();
                if (leak.isEmpty() && passedOver.isEmpty()) {
                    throw e;
                }
                return leak.isPresent() ? leak : passedOver;
            }
        }
    }

    /** What the last examination found instead of a leak, in words that follow a comma. */
    String doubt() {
        return doubt;
    }

    /** Whether the last examination found that the control varies by itself where the step differed. */
    boolean hasLearned() {
        return learned;
    }

    private Optional<Leak> examine(Case opened, Run broken) throws InterruptedException, EarlierVictim {
        Plan plan = opened.plan();
        Plan handover = handover(opened);
        Confirmation confirmation = confirmation(opened, handover, broken);
        Run known = broken;
        for (int lesson = 0; confirmation.result() == Confirmation.Result.TAUGHT && lesson < LESSONS; lesson++) {
            // What broke before was compared with what the control was taken for then.
            known = opened.play(plan);
            if (known.broken().isEmpty()) {
                return Optional.empty();
            }
            confirmation = confirmation(opened, handover, known);
        }
        if (confirmation.isConfirmed()) {
            return Optional.of(new Dependence(opened).leak(handover, confirmation));
        }
        if (plan.isPlayedLike(handover, stage.hasWorkers())) {
            return Optional.empty();
        }
        opened.found(aloneElsewhere(opened) + ": " + unconfirmed(confirmation));
        confirmation = confirmation(opened, plan, known);
        if (!confirmation.isConfirmed()) {
            return Optional.empty();
        }
        List<Difference> differences = confirmation.differences();
        if (!plan.deaths().isEmpty()
                && !opened.breaks(plan.named("without the kills").withDeaths(Map.of()))) {
            return Optional.of(new Losses(opened).leak(differences));
        }
        Plan workersApart = opened.seated("workers on disks of their own", step -> Seat.at(0));
        return Optional.of(
                opened.breaks(workersApart)
                        ? new Dependence(opened).betweenWebAndWorkers(workersApart, differences)
                        : new Staleness(opened).copied(differences));
    }

    /** @param known counts for the first, where it was played in the same way */
    private Confirmation confirmation(Case opened, Plan split, Run known) throws InterruptedException {
        Optional<Run> first = Optional.of(known)
                .filter(run -> run.brokeAt(opened.victim())
                        && waitedLikeOrLonger(run.plan(), split)
                        && run.plan().upTo(opened.victim()).isPlayedLike(split, stage.hasWorkers()));
        Confirmation confirmation = Confirmation.of(stage, split, opened.victim(), first);
        doubt = confirmation.words();
        learned |= confirmation.result() == Confirmation.Result.TAUGHT;
        if (confirmation.isConfirmed()) {
            opened.confirm(confirmation.differences());
            opened.found("%s: it broke, %2$d times of %2$d; all in one process, in turn with that, it never did"
                    .formatted(
                            split.isPlayedLike(opened.plan(), stage.hasWorkers())
                                    ? "split as the check does"
                                    : aloneElsewhere(opened),
                            Confirmation.ROUNDS));
        }
        return confirmation;
    }

    private static String aloneElsewhere(Case opened) {
        return "step " + opened.victim() + " alone in another process";
    }

    /** What came of a way of splitting that is not what breaks it. */
    private static String unconfirmed(Confirmation confirmation) {
        return switch (confirmation.result()) {
            case CONFIRMED -> throw new IllegalArgumentException("it was confirmed");
            case NOT_AGAIN -> "it did not break, or not each time";
            case EARLIER -> "an earlier step broke";
            case UNSPLIT_AS_WELL, TAUGHT -> "it broke, and all in one process as well";
        };
    }

    private static boolean waitedLikeOrLonger(Plan known, Plan split) {
        return split.deaths().isEmpty() || known.patience().compareTo(split.patience()) >= 0;
    }

    /** Everything before the victim in one process, and the victim alone in another. */
    private static Plan handover(Case opened) {
        return opened.allowed(opened.seated("handed over", step -> Seat.at(step < opened.victim() ? 0 : 1))
                .withWorkersOnDisk(0));
    }
}
