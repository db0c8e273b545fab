package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.Finding.Counted;
import dev.coatcheck.prove.check.Finding.Made;
import dev.coatcheck.prove.check.Finding.Refused;
import dev.coatcheck.prove.check.Finding.Revoked;
import dev.coatcheck.prove.compare.Counting;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Holds several processes to what a single one refuses, and to making no two things with one id. */
final class Again {
    /** Each costs a run of all processes. */
    private static final int MOST_TRIED = 8;

    /** Where that is over, what was begun is still ended. */
    private static final Duration FOR_TRIALS = Duration.ofMinutes(4);

    private final Stage stage;
    private final Scenario scenario;
    private final int instances;
    private final List<Leak> known;
    private final Repetitions repetitions;
    private final List<Leak> leaks = new ArrayList<>();

    /** The numbers that each process counts for itself, as the leaks tell. */
    private final Set<Counting.Place> countedApart = new HashSet<>();

    private final List<String> notes = new ArrayList<>();

    /** Steps that were not sent to several processes, since what they leave in theirs is known to leak. */
    private final Set<Integer> ofKnownLeaks = new TreeSet<>();

    /** What of the findings could not be tried. */
    private final List<String> doubts = new ArrayList<>();

    /** How many requests were sent to several processes, and to one in turn with them. */
    private int tried;

    /** How many findings were held against several processes. */
    private int held;

    /** @param known what other checks have found */
    Again(Stage stage, Scenario scenario, int instances, List<Leak> known) {
        this.stage = stage;
        this.scenario = scenario;
        this.instances = instances;
        this.known = List.copyOf(known);
        this.repetitions = new Repetitions(stage, scenario);
    }

    Findings find() throws InterruptedException {
        List<Finding> all = repetitions.find();
        notes.addAll(repetitions.notes());
        List<Finding> open = all.stream()
                .filter(finding -> !isKnown(finding))
                .sorted(Comparator.comparingInt(Finding::rank))
                .toList();
        long began = System.nanoTime();
        int begun = 0;
        int left = 0;
        for (Finding finding : open) {
            if (isOfKnownCounter(finding)) {
                tellOfCounter(finding);
            } else if (begun == MOST_TRIED || System.nanoTime() - began > FOR_TRIALS.toNanos()) {
                left++;
            } else {
                attempt(finding);
                begun++;
            }
        }
        String cutOff = left > 0
                ? "; of " + (begun + left) + " things that one process refuses, makes or counts, " + begun
                        + " were tried in several"
                : "";
        CheckOutcome outcome = outcome(all.size(), effort() + cutOff);
        if (!ofKnownLeaks.isEmpty() && !outcome.why().startsWith(notTested())) {
            notes.add("again: " + notTested());
        }
        return new Findings(List.of(outcome), leaks, notes);
    }

    private String notTested() {
        boolean one = ofKnownLeaks.size() == 1;
        return (one ? "step " : "steps ")
                + ofKnownLeaks.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + (one ? " was" : " were")
                + " not tested with several processes, being part of a leak that another check"
                + " has found; mend that and prove again";
    }

    private String effort() {
        return "one process was sent " + repetitions.sent() + " requests more, " + repetitions.effort()
                + (tried == 0 ? "" : "; " + tried + " were sent to several, and to one in turn with that");
    }

    /** One that cannot be tried takes nothing from what was found before it, nor keeps the next ones from being tried. */
    private void attempt(Finding finding) throws InterruptedException {
        try {
            Optional<Finding> measured = finding instanceof Refused refused && !refused.isOfTheStepAlone()
                    ? measured(refused)
                    : Optional.of(finding);
            if (measured.isPresent()) {
                leak(measured.get()).ifPresent(leaks::add);
            }
        } catch (InconclusiveException e) {
            doubt(finding, e.reason());
        }
    }

    /** What is refused after repetitions of other steps as well may be counted with them. */
    private Optional<Finding> measured(Refused refused) throws InterruptedException {
        Trick.Attempt alone = Trick.alone(refused, scenario);
        Run run = stage.judged(alone.conversation(), alone.judge(), repetitions.caller())
                .run(alone.plan());
        tried += run.exchanges().size();
        OptionalInt at = Trick.refusedAt(run, alone.tried(), refused);
        if (at.isEmpty()) {
            boolean cutShort = run.exchanges().size() < alone.plan().steps();
            String otherwise =
                    "it was refused with " + refused.answer() + " after repetitions of other steps, and not for "
                            + (cutShort
                                    ? "as many of its own as there was time for"
                                    : alone.tried().size() + " of its own");
            // A breaker, a start, somebody else's deploy; a limit that is filled again is one all the same.
            boolean busyForOnce = refused.passing() && refused.answer().isUnavailable();
            if (refused.answer().speaksOfOthers() && !cutShort && !busyForOnce) {
                doubt(refused, otherwise);
            } else {
                // By chance, or for what those others do to it.
                notes.add("again: step " + refused.step() + " was not tried in several processes: " + otherwise);
            }
            return Optional.empty();
        }
        return Optional.of(refused.measured(at.getAsInt()));
    }

    private void doubt(Finding finding, String why) {
        doubts.add("what one process " + does(finding) + " step " + finding.step() + " could not be tried in several: "
                + why);
        notes.add("again: " + doubts.getLast());
    }

    private CheckOutcome outcome(int found, String effort) {
        if (!leaks.isEmpty()) {
            return new CheckOutcome(
                    Check.AGAIN, Result.FAILED, "step " + leaks.getFirst().victim() + " broke");
        }
        // What another check has found is reason enough, and is told there.
        Result inDoubt = known.isEmpty() ? Result.INCONCLUSIVE : Result.SKIPPED;
        if (!doubts.isEmpty()) {
            return new CheckOutcome(Check.AGAIN, inDoubt, doubts.getFirst());
        }
        if (!repetitions.hasRepeated()) {
            return new CheckOutcome(Check.AGAIN, inDoubt, "no step could be repeated; " + effort);
        }
        if (held > 0) {
            return new CheckOutcome(Check.AGAIN, Result.PASSED, Check.AGAIN.done() + "; " + effort);
        }
        String why = found == 0
                ? "no limit, revocation, count or generated id was found that several processes could be held to"
                : ofKnownLeaks.isEmpty()
                        ? "nothing that one process refuses or makes was tried in several, as the notes say"
                        : notTested();
        return new CheckOutcome(Check.AGAIN, Result.SKIPPED, why + "; " + effort);
    }

    /** Many a counter shows in many answers, and that of a limit in what it leaves. */
    private boolean isOfKnownCounter(Finding finding) {
        return finding instanceof Counted counted
                && (isLimitOf(counted.step())
                        || counted.places().stream()
                                .allMatch(place -> (place.isOfLimit() && isLimitKnown())
                                        || countedApart.stream().anyMatch(place::isOfSameName)));
    }

    private void tellOfCounter(Finding finding) {
        if (!isLimitOf(finding.step())) {
            notes.add(
                    "again: step " + finding.step() + " was not sent to several processes, since it tells numbers that"
                            + " are called as those of a known counter");
        }
    }

    private boolean isLimitOf(int step) {
        return leaks.stream().anyMatch(leak -> leak.cause() == Cause.COUNTER && leak.victim() == step);
    }

    private boolean isLimitKnown() {
        return leaks.stream()
                .anyMatch(leak -> leak.cause() == Cause.COUNTER
                        && Difference.mostTelling(leak.differences()).part() == Difference.Part.STATUS);
    }

    /** What a step leaves in its process is why another process takes it again. */
    private boolean isKnown(Finding finding) {
        boolean mayBeSame =
                switch (finding) {
                    case Refused refused -> refused.isUsedUp();
                    case Revoked revoked -> false;
                    case Made made -> true;
                    case Counted counted -> true;
                };
        boolean isKnown = mayBeSame
                && known.stream()
                        .anyMatch(leak -> leak.polluter().equals(OptionalInt.of(finding.step()))
                                || ((leak.cause() == Cause.ID_COLLISION || finding instanceof Counted)
                                        && leak.victim() == finding.step()));
        if (isKnown) {
            ofKnownLeaks.add(finding.step());
        }
        return isKnown;
    }

    private Optional<Leak> leak(Finding finding) throws InterruptedException {
        Trick.Attempt trick = Trick.of(finding, scenario, instances);
        Stage judged = stage.judged(trick.conversation(), counting(trick.judge()), repetitions.caller());
        Run first = judged.run(trick.plan());
        if (first.broken().isEmpty()) {
            if (!trick.took().test(first)) {
                doubt(finding, "the other processes did not take the step at all, or answered it in another way");
            } else {
                held++;
            }
            return Optional.empty();
        }
        int victim = first.broken().get().step();
        Optional<String> itself = finding instanceof Counted ? Trick.ofItself(first, trick.tried()) : Optional.empty();
        if (itself.isPresent()) {
            notes.add("again: step " + finding.step() + " tells numbers that each process counts for itself, beside "
                    + itself.get() + ", by which it tells which process it is: so these are taken for numbers of"
                    + " that process");
            return Optional.empty();
        }
        held++;
        Confirmation confirmation = Confirmation.of(judged, trick.plan(), victim, Optional.of(first));
        if (!confirmation.isConfirmed()) {
            // A bucket that is filled again while time passes, an edge of a window.
            notes.add("again: what one process " + does(finding) + " step " + finding.step() + ", several do not, "
                    + confirmation.words());
            return Optional.empty();
        }
        if (finding instanceof Counted counted) {
            countedApart.addAll(counted.places());
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
                trace(judged, trick, finding),
                evidence,
                finding instanceof Refused refused && trick.cause() == Cause.COUNTER
                        ? Optional.of(scope(refused, Trick.passed(confirmation.split(), trick.tried(), refused), trick))
                        : Optional.empty()));
    }

    /** What a limit counts by, or whom a process still knows, is in what the requests carry; a number alone is not. */
    private static Trace trace(Stage stage, Trick.Attempt trick, Finding finding) throws InterruptedException {
        Set<Integer> telling =
                switch (finding) {
                    case Refused _ -> Set.of(trick.tried().getFirst());
                    case Revoked _ -> Set.copyOf(trick.tried());
                    case Made _ -> Set.of();
                    case Counted _ -> Set.of();
                };
        if (telling.isEmpty()) {
            return Trace.none("its place was not searched for: it is a number, which is in many places");
        }
        try {
            return stage.residue(trick.plan(), telling);
        } catch (InconclusiveException e) {
            return Trace.none("it was not looked for: " + e.reason());
        }
    }

    private Stage.Judge counting(Stage.Judge judge) {
        return run -> {
            tried += run.exchanges().size();
            return judge.judge(run);
        };
    }

    private String scope(Refused refused, int passed, Trick.Attempt trick) {
        boolean all = passed == trick.tried().size();
        return "in %d processes that let %s pass, where one refuses the %s"
                .formatted(instances, all ? "all of " + passed : passed, Ordinal.of(refused.at()));
    }

    private static String does(Finding finding) {
        return switch (finding) {
            case Refused _ -> "refuses of";
            case Revoked _ -> "refuses of";
            case Made _ -> "makes with";
            case Counted _ -> "counts in";
        };
    }

    private static String told(Finding finding) {
        return switch (finding) {
            case Refused refused ->
                "sent again and again to one process, step " + refused.step() + " is refused with " + refused.answer()
                        + " the " + Ordinal.of(refused.at()) + " time";
            case Revoked revoked ->
                "with the cookies and values of before step " + revoked.step() + ", step " + revoked.read()
                        + (revoked.asAStranger()
                                ? " is answered after it as to somebody who never came before, by one process"
                                : " is refused with " + revoked.answer() + " after it by one process");
            case Made made ->
                "sent again and again to one process, step " + made.step() + " makes another thing each time";
            case Counted counted ->
                "sent again and again to one process, step " + counted.step()
                        + " tells a number that goes on each time";
        };
    }
}
