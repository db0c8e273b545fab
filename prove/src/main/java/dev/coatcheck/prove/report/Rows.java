package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.RunRecord.StepRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which steps share a row of a picture: those that follow each other, are the same request, and are answered alike where
 * one process answers several of them. Of pictures beside each other the rows are the same.
 */
final class Rows {
    /** As many are seen at a glance. */
    private static final int MOST = 8;

    private final List<Row> rows;

    /**
     * Steps that share a row.
     *
     * @param from the index of the first in its run
     * @param to the index after the last
     * @param shown whether their answers are; else it only says how many they are
     */
    record Row(int from, int to, boolean shown) {
        int count() {
            return to - from;
        }
    }

    private Rows(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    static Rows of(RunRecord run) {
        return of(run, index -> run.steps().get(index).differed(), Optional.empty());
    }

    /**
     * Of a run, and of one beside it that plays the same steps.
     *
     * @param wrong which answers of the first are marked as wrong
     */
    static Rows of(RunRecord run, IntPredicate wrong, Optional<RunRecord> beside) {
        List<Row> rows = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= run.steps().size(); i++) {
            int first = from;
            int next = i;
            if (i == run.steps().size()
                    || !joins(run, first, next, wrong)
                    || beside.filter(other -> !joins(other, first, next, _ -> false))
                            .isPresent()) {
                rows.add(new Row(from, i, true));
                from = i;
            }
        }
        return new Rows(rows);
    }

    private static boolean joins(RunRecord run, int first, int index, IntPredicate wrong) {
        StepRun step = run.steps().get(index);
        return step.step().equals(run.steps().get(first).step())
                && events(run).noneMatch(at -> isBetween(at, run, index))
                && IntStream.range(first, index)
                        .filter(i -> run.steps().get(i).instance().equals(step.instance()))
                        .allMatch(i -> run.steps().get(i).processId() == step.processId()
                                && run.steps().get(i).outcome().equals(step.outcome())
                                && wrong.test(i) == wrong.test(index));
    }

    private static Stream<Duration> events(RunRecord run) {
        return Stream.concat(
                run.starts().stream().map(RunRecord.Start::at),
                run.kills().stream().map(RunRecord.Kill::at));
    }

    private static boolean isBetween(Duration at, RunRecord run, int index) {
        return at.compareTo(run.steps().get(index - 1).at()) > 0
                && at.compareTo(run.steps().get(index).at()) <= 0;
    }

    /** The same, with what is far from the steps that tell something left out where there are too many to be seen at a glance. */
    Rows aroundSteps(List<Integer> telling) {
        if (rows.size() <= MOST) {
            return this;
        }
        List<Integer> centres =
                telling.isEmpty() ? List.of(0) : telling.stream().map(this::row).toList();
        Set<Integer> kept = new TreeSet<>(centres);
        IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingInt(row -> centres.stream()
                        .mapToInt(centre -> Math.abs(centre - row))
                        .min()
                        .orElseThrow()))
                .forEach(row -> {
                    if (kept.add(row) && only(kept).size() > MOST) {
                        kept.remove(row);
                    }
                });
        return new Rows(only(kept));
    }

    private List<Row> only(Set<Integer> kept) {
        List<Row> only = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (kept.contains(i)) {
                only.add(row);
            } else if (!only.isEmpty() && !only.getLast().shown()) {
                only.add(new Row(only.removeLast().from(), row.to(), false));
            } else {
                only.add(new Row(row.from(), row.to(), false));
            }
        }
        return only;
    }

    List<Row> all() {
        return rows;
    }

    int count() {
        return rows.size();
    }

    /** In which row a step is; for the index after the last one, how many there are. */
    int row(int step) {
        return (int) rows.stream().filter(row -> row.to() <= step).count();
    }
}
