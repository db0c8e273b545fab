package dev.coatcheck.prove.location.heap;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Follows a path of one heap in another: that of the same process at another time, or of another process of the same
 * program. Objects have other ids there, so the way is told by names: of classes and threads, fields, positions in arrays
 * and, in a map, keys.
 */
final class Counterpart {
    /** Where the way ends. */
    sealed interface End {
        record Found(int object) implements End {}

        /** Something on the way is not there yet: an entry, an element, what a field refers to. */
        record Missing() implements End {}

        /** It cannot be said. */
        record Lost() implements End {}
    }

    private static final End MISSING = new End.Missing();
    private static final End LOST = new End.Lost();

    /** The fields by which the entry of a map holds what was put in. */
    private static final Pattern VALUE = Pattern.compile("value|val");

    private final JavaHeap from;
    private final JavaHeap to;

    /** By name; -1 where several have the same. */
    private final Map<String, Integer> classes = new HashMap<>();

    private final Map<String, Integer> threads = new HashMap<>();

    /** Of each map that was come to, the entries by what their keys say. */
    private final Map<Integer, Map<String, Integer>> entries = new HashMap<>();

    private int lastArray = LongIndex.ABSENT;
    private final Map<Integer, Integer> positions = new HashMap<>();

    Counterpart(JavaHeap from, JavaHeap to) {
        this.from = from;
        this.to = to;
        // A lambda has no static fields, and the readable name of the class that it stands in.
        to.classes().stream()
                .filter(type -> !type.isLambda())
                .forEach(type -> classes.merge(type.readableName(), to.find(type.id()), (one, other) -> -1));
        for (int object = 0; object < to.size(); object++) {
            Optional<String> thread = threadName(to, object);
            int found = object;
            thread.ifPresent(name -> threads.merge(name, found, (one, other) -> -1));
        }
    }

    End follow(List<Integer> path) {
        End at = root(path.getFirst());
        int i = 0;
        while (at instanceof End.Found(int there) && i + 1 < path.size()) {
            int entry = entryOf(path, i);
            at = entry > i ? entry(path.get(entry), there) : step(path.get(i), path.get(i + 1), there);
            i = Math.max(entry, i + 1);
        }
        return at;
    }

    private End root(int object) {
        JavaClass type = from.asClass(object);
        Integer there = type != null
                ? classes.get(type.readableName())
                : threadName(from, object).map(threads::get).orElse(null);
        return there == null || there < 0 ? LOST : new End.Found(there);
    }

    private static Optional<String> threadName(JavaHeap heap, int object) {
        JavaClass type = heap.typeOf(object);
        if (type == null || !JavaTexts.isA(heap, type, "java.lang.Thread")) {
            return Optional.empty();
        }
        int name = heap.field(object, "name");
        return name == LongIndex.ABSENT ? Optional.empty() : Optional.ofNullable(JavaTexts.of(heap, name));
    }

    private End step(int at, int next, int there) {
        JavaClass holder = from.asClass(at);
        if (holder != null) {
            return ofClass(holder, next, there);
        }
        if (from.isArray(at)) {
            return to.isArray(there) ? sameEntry(next, found(to.element(there, position(at, next)))) : LOST;
        }
        return from.fields(at).stream()
                .filter(reference -> from.find(reference.target()) == next)
                .findFirst()
                .map(reference -> sameEntry(next, ofInstance(reference, there)))
                .orElse(LOST);
    }

    /** Where in an array of the first heap an object is. Many ways lead through the same array one after the other. */
    private int position(int array, int object) {
        if (array != lastArray) {
            lastArray = array;
            positions.clear();
            long[] elements = from.elements(array);
            for (int i = 0; elements != null && i < elements.length; i++) {
                if (elements[i] != 0) {
                    positions.putIfAbsent(from.find(elements[i]), i);
                }
            }
        }
        return positions.getOrDefault(object, Integer.MAX_VALUE);
    }

    private End ofClass(JavaClass holder, int next, int there) {
        JavaClass other = to.asClass(there);
        if (other == null) {
            return LOST;
        }
        return holder.statics().stream()
                .filter(field -> from.find(field.target()) == next)
                .flatMap(field ->
                        other.statics().stream().filter(same -> same.name().equals(field.name())))
                .findFirst()
                .map(field -> found(field.target()))
                .orElse(LOST);
    }

    private End ofInstance(JavaHeap.Reference reference, int there) {
        String declaring = reference.declaring().readableName();
        for (JavaHeap.Reference other : to.fields(there)) {
            if (other.field().equals(reference.field())
                    && other.declaring().readableName().equals(declaring)) {
                return found(other.target());
            }
        }
        JavaClass type = to.typeOf(there);
        return type != null && hasField(type, declaring, reference.field()) ? MISSING : LOST;
    }

    /** Whether instances of the class have such a field, though it may refer to nothing. */
    private boolean hasField(JavaClass type, String declaring, String field) {
        return to.line(type).stream()
                .filter(at -> at.readableName().equals(declaring))
                .anyMatch(at -> at.fields().stream()
                        .anyMatch(declared -> declared.name().equals(field)));
    }

    private End found(long id) {
        int object = id == 0 ? LongIndex.ABSENT : to.find(id);
        return object == LongIndex.ABSENT ? MISSING : new End.Found(object);
    }

    /** That it is not the entry of another key, where the way went through the insides of a map that is not known as one. */
    private End sameEntry(int here, End there) {
        return there instanceof End.Found(int object)
                        && isEntry(from, here)
                        && !key(from, here).equals(key(to, object))
                ? LOST
                : there;
    }

    /** The position in the path of the entry of the map at a position; that itself where there is none. */
    private int entryOf(List<Integer> path, int map) {
        JavaClass type = from.typeOf(path.get(map));
        int entry = map;
        if (type == null || !type.name().startsWith("java.util.") || isEntry(from, path.get(map))) {
            return map;
        }
        for (int i = map + 1; i < path.size(); i++) {
            int object = path.get(i);
            if (isEntry(from, object)) {
                entry = i;
                if (i + 1 < path.size() && isContent(from, object, path.get(i + 1))) {
                    break;
                }
            } else if (!from.isArray(object) || entry > map) {
                break;
            }
        }
        return entry;
    }

    private static boolean isEntry(JavaHeap heap, int object) {
        JavaClass type = heap.typeOf(object);
        if (type == null || !type.name().startsWith("java.util.")) {
            return false;
        }
        List<JavaHeap.Reference> fields = heap.fields(object);
        return fields.stream().anyMatch(field -> field.field().equals("key"))
                && fields.stream()
                        .anyMatch(field -> VALUE.matcher(field.field()).matches());
    }

    /** Whether the entry refers to it as its key or its value, and not as to its neighbour. */
    private static boolean isContent(JavaHeap heap, int entry, int object) {
        return heap.fields(entry).stream()
                .filter(field -> heap.find(field.target()) == object)
                .anyMatch(Counterpart::isContent);
    }

    private static boolean isContent(JavaHeap.Reference field) {
        return field.field().equals("key") || VALUE.matcher(field.field()).matches();
    }

    private static Optional<String> key(JavaHeap heap, int entry) {
        int key = heap.field(entry, "key");
        return key == LongIndex.ABSENT ? Optional.empty() : JavaTexts.ofKey(heap, key);
    }

    /** The one with the same key, wherever it lies in the table of the other map. */
    private End entry(int here, int map) {
        Optional<String> key = key(from, here);
        if (key.isEmpty()) {
            return LOST;
        }
        Integer there = entries.computeIfAbsent(map, this::entries).get(key.get());
        return there == null ? MISSING : new End.Found(there);
    }

    private Map<String, Integer> entries(int map) {
        Map<String, Integer> entries = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>();
        Set<Integer> seen = new HashSet<>();
        open.add(map);
        while (!open.isEmpty()) {
            int object = open.remove();
            boolean entry = isEntry(to, object);
            if (entry) {
                key(to, object).ifPresent(key -> entries.put(key, object));
            }
            long[] elements = to.elements(object);
            if (elements != null) {
                for (long element : elements) {
                    reach(element, open, seen);
                }
            } else {
                to.fields(object).stream()
                        .filter(field -> !entry || !isContent(field))
                        .forEach(field -> reach(field.target(), open, seen));
            }
        }
        return entries;
    }

    private void reach(long id, Deque<Integer> open, Set<Integer> seen) {
        int object = id == 0 ? LongIndex.ABSENT : to.find(id);
        if (object != LongIndex.ABSENT && (to.isArray(object) || isEntry(to, object)) && seen.add(object)) {
            open.add(object);
        }
    }
}
