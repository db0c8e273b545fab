package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.Repetitions.Finding;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Holds several processes to what a single one refuses, and to making no two things with one id. */
final class Again {
    /** Each costs a run of all processes. */
    private static final int MOST_TRIED = 8;

    private final Stage stage;
    private final Scenario scenario;
    private final int instances;
    private final List<Leak> known;
    private final List<Leak> leaks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** What of the findings could not be tried. */
    private final List<String> doubts = new ArrayList<>();

    /** @param known what other checks have found */
    Again(Stage stage, Scenario scenario, int instances, List<Leak> known) {
        this.stage = stage;
        this.scenario = scenario;
        this.instances = instances;
        this.known = List.copyOf(known);
    }

    Findings find() throws InterruptedException {
        Repetitions repetitions = new Repetitions(stage, scenario);
        List<Finding> all = repetitions.find();
        List<Finding> open = all.stream().filter(finding -> !isKnown(finding)).toList();
        for (Finding finding : open.stream().limit(MOST_TRIED).toList()) {
            attempt(finding);
        }
        if (open.size() > MOST_TRIED) {
            notes.add("again: of " + open.size()
                    + " steps that are refused when they are repeated, or that make things, the" + " first "
                    + MOST_TRIED + " were tried in several processes");
        }
        return new Findings(List.of(outcome(all.size(), repetitions.effort())), leaks, notes);
    }

    /** One that cannot be tried takes nothing from what was found before it, nor keeps the next ones from being tried. */
    private void attempt(Finding finding) throws InterruptedException {
        try {
            leak(finding).ifPresent(leaks::add);
        } catch (InconclusiveException e) {
            doubt(finding, e.reason());
        }
    }

    private void doubt(Finding finding, String why) {
        doubts.add("what one process refuses of step " + finding.step() + " could not be tried in several: " + why);
        notes.add("again: " + doubts.getLast());
    }

    private CheckOutcome outcome(int found, String effort) {
        if (!leaks.isEmpty()) {
            return new CheckOutcome(
                    Check.AGAIN, Result.FAILED, "step " + leaks.getFirst().victim() + " broke");
        }
        if (!doubts.isEmpty()) {
            // What another check has found is reason enough, and is told there.
            return new CheckOutcome(
                    Check.AGAIN, known.isEmpty() ? Result.INCONCLUSIVE : Result.SKIPPED, doubts.getFirst());
        }
        return found == 0
                ? new CheckOutcome(
                        Check.AGAIN,
                        Result.SKIPPED,
                        "none was refused and none gave out ids that are new each time; " + effort)
                : new CheckOutcome(Check.AGAIN, Result.PASSED, Check.AGAIN.claim() + "; " + effort);
    }

    /** What a step leaves in its process is why another process takes it again. */
    private boolean isKnown(Finding finding) {
        boolean mayBeSame =
                switch (finding) {
                    case Finding.Refused refused -> Trick.isUsedUp(refused);
                    case Finding.Revoked revoked -> false;
                    case Finding.Made made -> true;
                };
        return mayBeSame
                && known.stream()
                        .anyMatch(leak -> leak.polluter().equals(OptionalInt.of(finding.step()))
                                || (leak.cause() == Cause.ID_COLLISION && leak.victim() == finding.step()));
    }

    private Optional<Leak> leak(Finding finding) throws InterruptedException {
        Trick.Played trick = Trick.of(finding, scenario, instances);
        Stage judged = stage.judged(trick.conversation(), trick.judge());
        Run first = judged.run(trick.plan());
        if (first.broken().isEmpty()) {
            if (!trick.took().test(first)) {
                doubt(finding, "the other processes did not take the step at all, or answered it in another way");
            }
            return Optional.empty();
        }
        int victim = first.broken().get().step();
        Confirmation confirmation = Confirmation.of(judged, trick.plan(), victim, Optional.of(first));
        if (!confirmation.isConfirmed()) {
            // A bucket that is filled again while time passes, an edge of a window.
            notes.add("again: what one process refuses of step " + finding.step() + ", several let pass, "
                    + confirmation.words());
            return Optional.empty();
        }
        List<String> evidence = List.of(
                told(finding),
                "in %1$d processes that was not so, %2$d times of %2$d; in one process and in as much time it was, each time"
                        .formatted(instances, Confirmation.ROUNDS));
        return Optional.of(new Leak(
                Check.AGAIN,
                trick.cause(),
                OptionalInt.of(finding.step()),
                trick.victim(),
                confirmation.differences(),
                Trace.none("it is known by what it does, and was not looked for"),
                evidence,
                finding instanceof Finding.Refused refused && trick.cause() == Cause.COUNTER
                        ? Optional.of("in %d processes that let %d pass, where one refuses the %s"
                                .formatted(instances, trick.passed(confirmation.split()), ordinal(refused.at())))
                        : Optional.empty()));
    }

    private static String told(Finding finding) {
        return switch (finding) {
            case Finding.Refused refused ->
                "sent again and again to one process, step " + refused.step() + " is refused with " + refused.status()
                        + " the " + ordinal(refused.at()) + " time";
            case Finding.Revoked revoked ->
                "with the cookies and values of before step " + revoked.step() + ", step " + revoked.read()
                        + " is refused with " + revoked.status() + " after it by one process";
            case Finding.Made made ->
                "sent again and again to one process, step " + made.step() + " makes another thing each time";
        };
    }

    private static String ordinal(int number) {
        return switch (number) {
            case 2 -> "2nd";
            case 3 -> "3rd";
            default -> number + "th";
        };
    }
}
