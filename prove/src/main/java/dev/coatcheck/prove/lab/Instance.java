package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.play.Target;
import java.util.List;
import java.util.Optional;

/** Who answers steps. */
public sealed interface Instance permits LabInstance, Elsewhere.GivenInstance {
    /** As {@code web.1}. */
    String name();

    /** Where it takes requests; empty for one that takes none. */
    Optional<Target> target();

    /** The id of the process that takes the requests; 0 where it cannot be known. */
    long servingPid();

    /** Whether anything of it lives, as far as can be known. */
    boolean isAlive();

    /** How many of its processes were seen to take a step; 1 where it is a single process, or that cannot be seen. */
    int answering();

    /** Whether two of its processes are known to run the same program. */
    boolean hasTwins();

    /** From now on each step goes to another of its processes than the one before, as far as there are several. */
    void takeTurns();

    /** What it means, in words, that not all steps came to the process that they were meant for, where that is so. */
    Optional<String> unsteered();

    /** How many lines it has written so far, as far as they can be read. */
    long linesWritten();

    /** What it has written since it had written so many lines; waits a moment for the first. */
    List<String> linesSince(long written) throws InterruptedException;

    /** The last of what it wrote, as the end of a message. */
    String lastLines();
}
