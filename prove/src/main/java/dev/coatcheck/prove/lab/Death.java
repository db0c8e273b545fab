package dev.coatcheck.prove.lab;

/** Who is killed with SIGKILL after a step, the moment its response is complete. */
public enum Death {
    /** All web processes that have served a step, and the workers; new workers start before the next step. */
    OF_ALL,
    /** The web process that answered, and the workers, who may just have begun what it gave them to do. */
    OF_WHO_ANSWERED
}
