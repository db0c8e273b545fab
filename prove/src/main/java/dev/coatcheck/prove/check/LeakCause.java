package dev.coatcheck.prove.check;

/** Of what kind the state is that a leak needs. */
public enum LeakCause {
    /** In the memory of one process. */
    MEMORY,
    /** In a file on the disk of one machine. */
    LOCAL_FILE,
    /** In a file that every process reads only at its start. */
    CACHED_FILE,
    /** Not kept at all: made from a secret that each process draws for itself. */
    PROCESS_SECRET,
    /** A copy in memory that is not told when another process changes the original. */
    STALE_CACHE,
    /** A write that was answered before it was stored. */
    LOST_WRITE,
    /** Work that was accepted and died with the process that had it. */
    LOST_JOB,
    UNKNOWN
}
