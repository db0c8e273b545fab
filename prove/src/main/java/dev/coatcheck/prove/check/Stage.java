package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;

/** Where plans are played. */
public interface Stage {
    /** All runs from here on are for this check. */
    default void begin(Check check) {}

    /** Plays the plan on clean disks and clean backing services, up to the first step that differs from the control. */
    Run run(Plan plan) throws InterruptedException;

    /** Whether workers run beside the web processes, so that it matters which disk they have. */
    boolean hasWorkers();

    /**
     * Learns from a run that was not split and yet differed: what varied there varies by itself.
     *
     * @return whether there was something to learn, so that what differed before may not differ any more
     */
    boolean learn(Run unsplit);

    /**
     * Plays the plan up to the step before its last, and looks, while all its processes live, for what the polluter left.
     * Where the plan lets time pass before the last step, that is played as well.
     *
     * @param handover a plan whose last step another process is to answer
     * @param polluter the number of the step that left it
     */
    Trace trace(Plan handover, int polluter) throws InterruptedException;
}
