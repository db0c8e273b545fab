package dev.coatcheck.prove.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where things are in the picture of a run, in pixels from the top left corner of the answers. */
final class LaneLayout {
    static final int WIDTH = 88;
    static final int HEIGHT = 54;

    private final RunRecord run;
    private final Rows rows;
    private final List<String> names;

    /**
     * The life of one process.
     *
     * @param began whether it was started while the run was under way
     * @param killed whether it was killed in it
     */
    record Life(int lane, String instance, long processId, int top, int bottom, boolean began, boolean killed) {}

    LaneLayout(RunRecord run, Rows rows) {
        this.run = run;
        this.rows = rows;
        Set<String> found = new LinkedHashSet<>();
        run.steps().forEach(step -> found.add(step.instance()));
        // Who was started ahead and had nothing to do is no part of the picture.
        run.starts().stream().filter(start -> start.at().isPositive()).forEach(start -> found.add(start.instance()));
        run.kills().forEach(kill -> found.add(kill.instance()));
        names = found.stream()
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** The instances, in the order of their lanes. */
    List<String> names() {
        return names;
    }

    int lane(String instance) {
        return names.indexOf(instance);
    }

    int width() {
        return names.size() * WIDTH;
    }

    int height() {
        return rows.count() * HEIGHT;
    }

    static int middle(int lane) {
        return lane * WIDTH + WIDTH / 2;
    }

    /** The middle of the row that a step is in. */
    int row(int step) {
        return rows.row(step) * HEIGHT + HEIGHT / 2;
    }

    /** The lives of all processes that had a part in the run. */
    List<Life> lives() {
        List<Life> lives = new ArrayList<>();
        for (String name : names) {
            processes(name).forEach(process -> lives.add(life(name, process)));
        }
        return lives;
    }

    private Stream<Long> processes(String instance) {
        Stream<Long> served = run.steps().stream()
                .filter(step -> step.instance().equals(instance))
                .map(RunRecord.StepRun::processId);
        Stream<Long> started = run.starts().stream()
                .filter(start -> start.instance().equals(instance))
                .map(RunRecord.Start::processId);
        Stream<Long> killed = run.kills().stream()
                .filter(kill -> kill.instance().equals(instance))
                .map(RunRecord.Kill::processId);
        return Stream.of(served, started, killed).flatMap(ids -> ids).distinct();
    }

    private Life life(String instance, long process) {
        int top = run.starts().stream()
                .filter(start -> start.instance().equals(instance) && start.processId() == process)
                .mapToInt(start -> boundary(start.at()))
                .findFirst()
                .orElse(0);
        int bottom = run.kills().stream()
                .filter(kill -> kill.instance().equals(instance) && kill.processId() == process)
                .mapToInt(kill -> boundary(kill.at()))
                .findFirst()
                .orElse(-1);
        boolean killed = bottom >= 0;
        int end = killed ? Math.min(bottom, height() - 4) : height();
        return new Life(lane(instance), instance, process, Math.min(top, end), end, top > 0, killed);
    }

    /** Between which steps something happened: below all that were sent before it. */
    private int boundary(Duration at) {
        int before = (int)
                run.steps().stream().filter(step -> step.at().compareTo(at) < 0).count();
        return rows.row(before) * HEIGHT;
    }
}
