package dev.coatcheck.prove.report;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one run did and saw: a scenario played once to certain processes. Times count from the run's first step; what was
 * started ahead of it has a negative one.
 *
 * @param purpose in words, unique in a report: {@code spread 2}, {@code confirm split 3}
 * @param check the check it was done for, {@code control} for the control
 * @param weight what it counts for
 * @param steps in the order they were sent
 * @param starts processes that were started for it
 * @param kills processes that were killed in it, and seen to be dead
 */
public record RunRecord(
        String purpose, String check, Weight weight, List<StepRun> steps, List<Start> starts, List<Kill> kills) {

    public RunRecord {
        steps = List.copyOf(steps);
        starts = List.copyOf(starts);
        kills = List.copyOf(kills);
    }

    /** What a run counts for. */
    public enum Weight {
        /** It is what the others are compared with. */
        REFERENCE,
        /** All was as in the control. */
        FOR,
        /** Something was missed. */
        AGAINST,
        /** It could not be judged, or was only to find out more. */
        NOTHING
    }

    /**
     * One step of a run.
     *
     * @param step which one
     * @param instance who served it: {@code web.1}
     * @param processId of the process that served it
     * @param at when it was sent
     * @param took until its response was complete
     * @param outcome the status, or what failed: {@code 200}, {@code connection refused}
     * @param difference how it differed from the control, in words; empty where it did not
     * @param expected what one process has in the place that differs, as {@code 200}; empty where it does not differ, or one
     *     process has nothing there
     * @param repeated whether it was played before, and again only so that what it leaves is in this process too
     */
    public record StepRun(
            StepRef step,
            String instance,
            long processId,
            Duration at,
            Duration took,
            String outcome,
            Optional<String> difference,
            Optional<String> expected,
            boolean repeated) {

        public StepRun {
            outcome = Hidden.in(outcome);
            difference = difference.map(Hidden::in);
            expected = expected.map(Hidden::in);
        }

        public boolean differed() {
            return difference.isPresent();
        }
    }

    /**
     * A process that was started for a run.
     *
     * @param instance its name
     * @param processId its id
     * @param at when it was started
     * @param readyAfter how long it took to become ready
     */
    public record Start(String instance, long processId, Duration at, Duration readyAfter) {}

    /**
     * A process that was killed with SIGKILL.
     *
     * @param instance its name
     * @param processId its id
     * @param at when it was dead
     */
    public record Kill(String instance, long processId, Duration at) {}
}
