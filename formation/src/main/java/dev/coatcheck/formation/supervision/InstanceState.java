package dev.coatcheck.formation.supervision;

import java.util.Locale;

/** Where an instance is in its life. */
public enum InstanceState {
    /** Its process runs and is not ready yet. */
    STARTING,
    /** Ready for requests; for a process type that gets none, running. */
    READY,
    /** Ended, and about to be started again. */
    WAITING,
    /** Ended several times in a row, and still to be started again. */
    CRASH_LOOP,
    /** On its way out. */
    STOPPING,
    /** Ended for good. */
    STOPPED;

    /** As people and programs read it: {@code crash-loop}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
