package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import dev.coatcheck.prove.location.heap.NumberPlaces.Place;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Finds, in three heap dumps of a JVM, the paths that lead to numbers which changed as the application's answers did. A
 * number is too short to be searched in one dump: it is everywhere. In three a place of the application's own that
 * holds the right one each time is no chance.
 */
public final class JavaNumbers {
    /** What was not there before may be another thing that says the same. */
    private static final int NEW = 6;

    /** A collection's size is told by what it holds, where that is found. */
    private static final int SIZE = 1;

    /** Paths that cost so much more than the best say nothing more. */
    private static final int MARGIN = 8;

    private static final int MOST_PATHS = 3;

    private record Found(Place place, OptionalDouble before) {
        int cost() {
            return place.cost() + (before.isEmpty() ? NEW : 0) + (isSize() ? SIZE : 0);
        }

        boolean isSize() {
            return place.slot() instanceof NumberSlot.Inside inside && inside.isSize();
        }
    }

    private final JavaHeap before;
    private final JavaHeap after;
    private final JavaHeap elsewhere;
    private final Counterpart inBefore;
    private final Counterpart inElsewhere;

    private JavaNumbers(JavaHeap before, JavaHeap after, JavaHeap elsewhere) {
        this.before = before;
        this.after = after;
        this.elsewhere = elsewhere;
        inBefore = new Counterpart(after, before);
        inElsewhere = new Counterpart(after, elsewhere);
    }

    /**
     * The paths in words, each with how its value changed, the most telling first: {@code com.acme.Visits.count (static int)
     * 0 → 1}. None where no place of the application's ran one of the courses. Takes about as long as three searches for
     * needles.
     *
     * @param elsewhere the dump of a process of the same program that never had the step
     * @param secrets what is shown by its beginning alone, where a path leads through it
     * @throws IOException if one of the files is no heap dump, or not a whole one
     */
    public static List<String> paths(
            Path before, Path after, Path elsewhere, Collection<Course> courses, Collection<Needle> secrets)
            throws IOException {
        try (JavaHeap first = JavaHeap.read(before, JavaHeap.Contents.NONE);
                JavaHeap second = JavaHeap.read(after, JavaHeap.Contents.NONE);
                JavaHeap other = JavaHeap.read(elsewhere, JavaHeap.Contents.NONE)) {
            return new JavaNumbers(first, second, other).paths(courses, new PatternSearch(secrets));
        }
    }

    private List<String> paths(Collection<Course> courses, PatternSearch secrets) {
        List<Found> found = new ArrayList<>();
        for (Place place : NumberPlaces.in(after, courses)) {
            Seen earlier = seen(place, inBefore, before);
            Seen other = earlier.known ? seen(place, inElsewhere, elsewhere) : earlier;
            if (other.known && courses.stream().anyMatch(course -> fits(course, place, earlier.value, other.value))) {
                found.add(new Found(place, earlier.value));
            }
        }
        // There are but two truth values: of several places that took the same one, nobody knows which it is.
        long truths = found.stream().filter(place -> place.place.truth()).count();
        if (truths > 1) {
            found.removeIf(place -> place.place.truth());
        }
        found.sort(Comparator.comparingInt(Found::cost));
        Set<String> told = new LinkedHashSet<>();
        for (Found place : found) {
            if (place.cost() <= found.getFirst().cost() + MARGIN
                    && told.size() < MOST_PATHS
                    && !isToldBy(place, found)) {
                told.add(JavaPath.inWords(after, secrets, place.place.path(), place.place.slot()) + change(place));
            }
        }
        return List.copyOf(told);
    }

    private static boolean fits(Course course, Place place, OptionalDouble before, OptionalDouble elsewhere) {
        // That a key is there or not is no number, and counts for nothing where one is told.
        return !(place.isKey() && course.isWhole()) && course.fits(place.value(), place.truth(), before, elsewhere);
    }

    /**
     * What a place holds in another heap.
     *
     * @param known whether that can be said
     */
    private record Seen(boolean known, OptionalDouble value) {}

    private static Seen seen(Place place, Counterpart counterpart, JavaHeap heap) {
        return switch (counterpart.follow(place.path())) {
            case Counterpart.End.Found(int object) -> {
                OptionalDouble value = place.slot().in(heap, object);
                yield new Seen(value.isPresent(), value);
            }
            case Counterpart.End.Missing() -> new Seen(true, OptionalDouble.empty());
            case Counterpart.End.Lost() -> new Seen(false, OptionalDouble.empty());
        };
    }

    /** Whether it is the size of a collection of which an element is told. */
    private static boolean isToldBy(Found size, List<Found> found) {
        int collection = size.place.path().getLast();
        return size.isSize()
                && found.stream()
                        .anyMatch(other ->
                                !other.equals(size) && other.place.path().contains(collection));
    }

    private static String change(Found found) {
        return found.place.isKey() ? "" : change(found.before, found.place.value(), found.place.truth());
    }

    /** How a value changed, in words; it is empty where there was none before. */
    static String change(OptionalDouble before, double after, boolean truth) {
        String earlier = before.isPresent() ? inWords(before.getAsDouble(), truth) : "nothing";
        return " " + earlier + " → " + inWords(after, truth);
    }

    private static String inWords(double value, boolean truth) {
        return truth
                ? Boolean.toString(value != 0)
                : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
