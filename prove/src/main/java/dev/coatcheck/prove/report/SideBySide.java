package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.RunRecord.StepRun;
import dev.coatcheck.prove.report.RunRecord.Weight;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A run that shows a leak beside one that sent the same requests in the same order to a single process. What is drawn of the
 * one is drawn of the other: the n-th request of both is the same.
 *
 * @param leak what they show
 * @param split the run in which it broke
 * @param single the other one, as far as the split run went; empty where no such run was made
 */
record SideBySide(FoundLeak leak, RunRecord split, Optional<RunRecord> single) {

    /** What shows the leak best; empty where no run that is kept does. */
    static Optional<SideBySide> of(FoundLeak leak, Report report) {
        return report.runs().stream()
                .filter(run -> run.weight() == Weight.AGAINST)
                .map(run -> new SideBySide(leak, run, single(run, report)))
                .filter(sides -> sides.victim() >= 0)
                .max(Comparator.<SideBySide, Boolean>comparing(
                                sides -> sides.split.check().equals(leak.check()))
                        .thenComparing(SideBySide::isApart)
                        .thenComparing(sides -> leak.locations().stream().anyMatch(sides::isServedWhereItWasFound))
                        .thenComparing(sides -> sides.single.isPresent())
                        // Of several that are as good the first.
                        .thenComparingInt(sides -> -report.runs().indexOf(sides.split)));
    }

    private static Optional<RunRecord> single(RunRecord split, Report report) {
        return report.runs().stream()
                .filter(run -> run.weight() != Weight.AGAINST && !run.equals(split))
                .filter(run ->
                        run.steps().stream().map(StepRun::processId).distinct().count() == 1)
                .filter(run -> beginsWithTheStepsOf(run, split))
                .min(Comparator.comparing(run -> !run.check().equals(split.check())))
                .map(run -> new RunRecord(
                        run.purpose(),
                        run.check(),
                        run.weight(),
                        run.steps().subList(0, split.steps().size()),
                        run.starts(),
                        List.of()));
    }

    private static boolean beginsWithTheStepsOf(RunRecord run, RunRecord split) {
        return run.steps().size() >= split.steps().size()
                && IntStream.range(0, split.steps().size())
                        .allMatch(i -> run.steps()
                                .get(i)
                                .step()
                                .equals(split.steps().get(i).step()));
    }

    /** The index of the first answer to the step that breaks which is wrong; less than 0 where it did not break here. */
    int victim() {
        return split.steps().stream().anyMatch(step -> step.differed() && isSame(step.step(), leak.victim()))
                ? IntStream.range(0, split.steps().size())
                        .filter(i -> isWrong(i) && isSame(split.steps().get(i).step(), leak.victim()))
                        .findFirst()
                        .orElseThrow()
                : -1;
    }

    /** The index of the step that left something behind for the victim to miss, which comes before it; less than 0 where none did. */
    int polluter() {
        return leak.another().stream()
                .flatMap(polluter -> IntStream.range(0, victim())
                        .boxed()
                        .filter(i -> isSame(split.steps().get(i).step(), polluter)))
                .min(Comparator.<Integer, Boolean>comparing(
                                i -> split.steps().get(i).repeated())
                        .thenComparing(Comparator.reverseOrder()))
                .orElse(-1);
    }

    private static boolean isSame(StepRef one, StepRef other) {
        return one.step() == other.step() && one.scenario().equals(other.scenario());
    }

    private boolean isApart() {
        int polluter = polluter();
        return polluter >= 0
                && split.steps().get(polluter).processId()
                        != split.steps().get(victim()).processId();
    }

    /** Whether the step that left it was served by an instance of the name by which the place is told. */
    boolean isServedWhereItWasFound(FoundLocation location) {
        int polluter = polluter();
        return polluter >= 0 && split.steps().get(polluter).instance().equals(location.instance());
    }

    /** Whether an answer of the split run is another one than that of a single process. */
    boolean isWrong(int index) {
        StepRun step = split.steps().get(index);
        return step.differed()
                || single.filter(run -> !run.steps().get(index).outcome().equals(step.outcome()))
                        .isPresent();
    }

    /** What a single process answers in its place, where it is another status. */
    Optional<String> expected(int index) {
        String answered = split.steps().get(index).outcome();
        return single.map(run -> run.steps().get(index).outcome())
                .filter(outcome -> !outcome.equals(answered))
                .or(() -> split.steps().get(index).expected());
    }

    /** The rows that both pictures have. */
    Rows rows() {
        List<Integer> telling = Stream.of(polluter(), firstWrong(), victim())
                .filter(index -> index >= 0)
                .distinct()
                .toList();
        return Rows.of(split, this::isWrong, single).aroundSteps(telling);
    }

    private int firstWrong() {
        return IntStream.range(0, split.steps().size())
                .filter(this::isWrong)
                .findFirst()
                .orElse(-1);
    }
}
