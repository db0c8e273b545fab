package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;

/** Where plans are played. */
public interface Stage {
    /** All runs from here on are for this check. */
    default void begin(Check check) {}

    /** Plays the plan on clean disks and clean backing services, up to the first step that differs from the control. */
    Run run(Plan plan) throws InterruptedException;

    /**
     * Plays the plan up to the step before its last, and looks, while all its processes live, for what the polluter left.
     *
     * @param handover a plan whose last step another process is to answer
     * @param polluter the number of the step that left it
     */
    Trace trace(Plan handover, int polluter) throws InterruptedException;
}
