package dev.coatcheck.servlet;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the attributes that this release could not read, and tells of each name once. */
final class UnreadableAttributes {
    private static final int MAX_NAMES = 1_000;
    private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());

    private final LongAdder count = new LongAdder();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    void report(String attribute, Exception cause) {
        count.increment();
        if (told.size() < MAX_NAMES && told.add(attribute)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Session attribute \"{0}\" cannot be read by this release and is left out (told once, counted always): {1}",
                    attribute,
                    cause.getMessage());
        }
    }

    long count() {
        return count.sum();
    }
}
