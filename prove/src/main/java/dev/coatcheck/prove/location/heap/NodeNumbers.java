package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Finds, in three heap snapshots of Node that have numbers in them, the variables and properties of the application that
 * changed as its answers did, as {@link JavaNumbers} does for a JVM.
 */
public final class NodeNumbers {
    /** What was not there before may be another thing that says the same. */
    private static final int NEW = 6;

    /** Paths that cost so much more than the best say nothing more. */
    private static final int MARGIN = 8;

    private static final int MOST_PATHS = 3;

    /** Of numbers that are nearly everywhere, the first places will do. */
    private static final int MOST_PLACES = 10_000;

    /** An emitter's own count of its listeners. */
    private static final Set<String> OF_EMITTERS = Set.of("_eventsCount", "_maxListeners");

    /**
     * A place.
     *
     * @param edge of the last object of the path, which leads to the number, or is named by it
     * @param isKey whether it is named by it
     */
    private record Place(List<Integer> path, int edge, NodeValue value, int cost, boolean isKey) {}

    private record Found(Place place, OptionalDouble before) {
        int cost() {
            return place.cost + (before.isEmpty() ? NEW : 0);
        }
    }

    private final NodeHeap after;
    private final NodeScopes scopes;
    private final NodeHeap before;
    private final NodeHeap elsewhere;
    private final NodeCounterpart inBefore;
    private final NodeCounterpart inElsewhere;

    private NodeNumbers(NodeHeap before, NodeHeap after, NodeHeap elsewhere) {
        this.after = after;
        this.before = before;
        this.elsewhere = elsewhere;
        scopes = new NodeScopes(after);
        inBefore = new NodeCounterpart(after, scopes, before);
        inElsewhere = new NodeCounterpart(after, scopes, elsewhere);
    }

    /**
     * The paths in words, each with how its value changed, the most telling first: {@code server.js: likes 0 → 1}. None where
     * no place of the application's ran one of the courses. The snapshots have to be made with numeric values.
     *
     * @param elsewhere the snapshot of a process of the same program that never had the step
     * @param secrets what is shown by its beginning alone, where a path leads through it
     * @throws IOException if one of the files is no heap snapshot, or not a whole one
     */
    public static List<String> paths(
            Path before, Path after, Path elsewhere, Collection<Course> courses, Collection<Needle> secrets)
            throws IOException {
        return new NodeNumbers(NodeHeap.read(before), NodeHeap.read(after), NodeHeap.read(elsewhere))
                .paths(courses, new PatternSearch(secrets));
    }

    /**
     * Whether the application has a listener of its own for a signal, as a snapshot tells, with numbers or without.
     *
     * @throws IOException if it is none, or has no {@code process} in it
     */
    public static boolean isHandled(String signal, Path snapshot) throws IOException {
        NodeHeap heap = NodeHeap.read(snapshot);
        boolean known = false;
        for (int object = 0; object < heap.size(); object++) {
            if (heap.type(object).equals("object") && heap.name(object).equals("process")) {
                int listeners = heap.target(object, "_events");
                if (listeners >= 0 && heap.target(listeners, signal) >= 0) {
                    return true;
                }
                known |= listeners >= 0;
            }
        }
        if (!known) {
            throw new IOException("its snapshot does not tell which signals the application handles");
        }
        return false;
    }

    private List<String> paths(Collection<Course> courses, PatternSearch secrets) {
        List<Found> found = new ArrayList<>();
        for (Place place : places(courses)) {
            Seen earlier = seen(place, inBefore, before);
            Seen other = earlier.known ? seen(place, inElsewhere, elsewhere) : earlier;
            if (other.known && courses.stream().anyMatch(course -> fits(course, place, earlier.value, other.value))) {
                found.add(new Found(place, earlier.value));
            }
        }
        // There are but two truth values: of several places that took the same one, nobody knows which it is.
        long truths = found.stream().filter(place -> place.place.value.truth()).count();
        if (truths > 1) {
            found.removeIf(place -> place.place.value.truth());
        }
        found.sort(Comparator.comparingInt(Found::cost));
        NodePath words = new NodePath(after, secrets);
        Set<String> told = new LinkedHashSet<>();
        for (Found place : found) {
            if (place.cost() <= found.getFirst().cost() + MARGIN && told.size() < MOST_PATHS) {
                told.add(words.inWords(place.place.path, place.place.edge).path() + change(place));
            }
        }
        return List.copyOf(told);
    }

    /** Those that hold what one of the courses ends at. */
    private List<Place> places(Collection<Course> courses) {
        BitSet all = new BitSet();
        all.set(0, after.size());
        CheapestPaths paths = CheapestPaths.to(all, scopes);
        Map<Integer, NodeValue> wanted = wanted(courses);
        List<Place> places = new ArrayList<>();
        for (int object = 0; object < after.size() && places.size() < MOST_PLACES; object++) {
            if (!paths.reaches(object)) {
                continue;
            }
            for (int edge = after.firstEdge(object); edge < after.firstEdge(object + 1); edge++) {
                Optional<NodeValue> key = key(object, edge).filter(value -> isWanted(value, courses));
                NodeValue value = key.orElse(isSlot(edge) ? wanted.get(after.edgeTarget(edge)) : null);
                if (value != null) {
                    places.add(new Place(paths.path(object), edge, value, paths.cost(object) + 1, key.isPresent()));
                }
            }
        }
        return places;
    }

    /** V8 has the same object for a number wherever it stands. */
    private Map<Integer, NodeValue> wanted(Collection<Course> courses) {
        Map<Integer, NodeValue> wanted = new HashMap<>();
        for (int object = 0; object < after.size(); object++) {
            int number = object;
            NodeValue.of(after, object)
                    .filter(value -> isWanted(value, courses))
                    .ifPresent(value -> wanted.put(number, value));
        }
        return wanted;
    }

    private static boolean isWanted(NodeValue value, Collection<Course> courses) {
        return courses.stream().anyMatch(course -> course.truth() == value.truth() && course.after() == value.number());
    }

    private boolean isSlot(int edge) {
        return switch (after.edgeKind(edge)) {
            case "context", "element" -> true;
            case "property" -> !OF_EMITTERS.contains(after.edgeName(edge));
            default -> false;
        };
    }

    /** An object with numbers as names serves as a map. */
    private Optional<NodeValue> key(int object, int edge) {
        return after.edgeKind(edge).equals("element") && after.name(object).equals("Object")
                ? Optional.of(new NodeValue(Double.parseDouble(after.edgeName(edge)), false))
                : Optional.empty();
    }

    private static boolean fits(Course course, Place place, OptionalDouble before, OptionalDouble elsewhere) {
        // That a key is there or not is no number, and counts for nothing where one is told.
        return !(place.isKey && course.isWhole())
                && course.fits(place.value.number(), place.value.truth(), before, elsewhere);
    }

    /**
     * What a place holds in another heap.
     *
     * @param known whether that can be said
     */
    private record Seen(boolean known, OptionalDouble value) {}

    private static Seen seen(Place place, NodeCounterpart counterpart, NodeHeap heap) {
        return switch (counterpart.follow(place.path, place.edge)) {
            case Counterpart.End.Found(int object) -> seen(place, heap, object);
            case Counterpart.End.Missing() -> new Seen(true, OptionalDouble.empty());
            case Counterpart.End.Lost() -> new Seen(false, OptionalDouble.empty());
        };
    }

    private static Seen seen(Place place, NodeHeap heap, int object) {
        if (place.isKey) {
            return new Seen(true, OptionalDouble.of(place.value.number()));
        }
        Optional<NodeValue> value = NodeValue.of(heap, object).filter(found -> found.truth() == place.value.truth());
        return value.map(found -> new Seen(true, OptionalDouble.of(found.number())))
                .orElseGet(() -> new Seen(NodeValue.isNothing(heap, object), OptionalDouble.empty()));
    }

    private static String change(Found found) {
        Place place = found.place;
        return place.isKey ? "" : JavaNumbers.change(found.before, place.value.number(), place.value.truth());
    }
}
