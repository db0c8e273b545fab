package dev.coatcheck.prove.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where a step's state was found.
 *
 * @param arrived whether the last step went well, where the plan gave what it needs time to arrive; empty where it was not
 *     played
 * @param remembered whether the process that served the step remembers it
 * @param places where it lies, the most telling first
 * @param touched files that changed with the step and hold nothing that is known
 * @param notes what could not be looked at, and why
 */
public record Trace(
        Optional<Boolean> arrived, Remembered remembered, List<Place> places, List<Place> touched, List<String> notes) {
    public Trace {
        places = List.copyOf(places);
        touched = List.copyOf(touched);
        notes = List.copyOf(notes);
    }

    private static final String FILE = "file";

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
        return new Trace(Optional.empty(), Remembered.UNKNOWN, List.of(), List.of(), List.of(why));
    }

    /** Nothing was looked for but whether the last step went well in the end. */
    public static Trace arrival(boolean arrived) {
        return new Trace(Optional.of(arrived), Remembered.UNKNOWN, List.of(), List.of(), List.of());
    }

    /** With all that it says in other words. */
    Trace told(UnaryOperator<String> words) {
        return new Trace(
                arrived,
                remembered,
                told(places, words),
                told(touched, words),
                notes.stream().map(words).toList());
    }

    private static List<Place> told(List<Place> places, UnaryOperator<String> words) {
        return places.stream()
                .map(place -> new Place(place.kind(), place.instance(), words.apply(place.path())))
                .toList();
    }

    /**
     * With the places alone that belong to a kind of state: what is kept in memory is often told in a log as well, and what
     * is kept in a file is often still in some buffer.
     */
    Trace forCause(Cause cause) {
        boolean inFiles = cause == Cause.LOCAL_FILE || cause == Cause.CACHED_FILE;
        List<Place> fitting = new ArrayList<>(places.stream()
                .filter(place ->
                        cause == Cause.UNKNOWN || inFiles == place.kind().equals(FILE))
                .toList());
        if (fitting.isEmpty() && inFiles) {
            fitting.addAll(touched);
        }
        return new Trace(arrived, remembered, fitting, touched, notes);
    }
}
