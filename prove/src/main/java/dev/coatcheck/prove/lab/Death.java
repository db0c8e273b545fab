package dev.coatcheck.prove.lab;

/** Who is killed with SIGKILL after a step, and when. */
public enum Death {
    /**
     * The moment the response is complete: all web processes that have served a step, and the workers; new workers start
     * before the next step.
     */
    OF_ALL,
    /** The same, {@linkplain Rest once they write nothing more}: what is still lost was never meant for a disk. */
    OF_ALL_AT_REST,
    /** The moment the response is complete: the web process that answered, and the workers, who may just have begun what it gave them to do. */
    OF_WHO_ANSWERED
}
