package dev.coatcheck.prove.check;

import java.util.List;

/**
 * Where a step's state was found.
 *
 * @param remembered whether the process that served the step remembers it
 * @param places where it lies, the most telling first
 * @param notes what could not be looked at, and why
 */
public record Trace(Remembered remembered, List<Place> places, List<String> notes) {
    public Trace {
        places = List.copyOf(places);
        notes = List.copyOf(notes);
    }

    /** Whether what a step gave out is kept in the memory of the process. */
    public enum Remembered {
        YES,
        /** It was looked for and is not there: what is needed is made anew, not remembered. */
        NO,
        UNKNOWN
    }

    /**
     * One place.
     *
     * @param kind {@code heap}, {@code file}, {@code memory} or {@code backing-service}
     * @param instance whose it is
     * @param path in words, down to the field or file
     */
    public record Place(String kind, String instance, String path) {}

    /** Nothing was looked for. */
    public static Trace none(String why) {
        return new Trace(Remembered.UNKNOWN, List.of(), List.of(why));
    }
}
