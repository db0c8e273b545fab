package dev.coatcheck.prove.report;

import java.util.Locale;

/**
 * Where the state of a leak was found.
 *
 * @param kind what kind of place it is
 * @param instance in which instance, as {@code web.1}; for a backing service, its name
 * @param path the way to it: fields from a static one, a file, a key
 */
public record FoundLocation(Kind kind, String instance, String path) {
    public FoundLocation {
        path = Hidden.in(path);
    }

    /** What kind of place a location is. */
    public enum Kind {
        /** Reached by fields from a static field or a thread. */
        HEAP,
        /** In the memory of a process, no more is known. */
        MEMORY,
        FILE,
        BACKING_SERVICE;

        /** As {@code report.json} has it: {@code backing-service}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
