package dev.coatcheck.prove.location;

import java.util.Map;
import java.util.Set;

/** What came of looking through the memory of one process. */
public sealed interface MemoryReading {
    /**
     * It was read.
     *
     * @param found each needle with the kinds of memory that it was found in, for people
     * @param whole whether all of it was read: the limits were not reached
     */
    record Read(Map<Needle, Set<String>> found, boolean whole) implements MemoryReading {}

    /** The kernel does not let it be read. */
    record Refused(String reason) implements MemoryReading {}

    /** The process has ended. */
    record Gone() implements MemoryReading {}
}
