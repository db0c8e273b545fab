package dev.coatcheck.prove.location.heap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The places of a heap that hold one of some numbers, as far as the application keeps them: in fields of its classes and
 * their objects, and in what these refer to by way of collections, arrays, boxes and atomic numbers.
 */
final class NumberPlaces {
    /**
     * A place.
     *
     * @param path from a root to the object that has the slot
     * @param cost of the path
     * @param isKey whether it is the key of an entry: what it says is that there is one
     */
    record Place(List<Integer> path, NumberSlot slot, double value, boolean truth, int cost, boolean isKey) {}

    /** Of numbers that are nearly everywhere, the first places will do. */
    private static final int MOST = 10_000;

    /** Longer arrays are buffers and pictures. */
    private static final int MOST_ELEMENTS = 4096;

    private static final NumberSlot IN_BOX = new NumberSlot.Inside("value", HprofType.INT);

    private final JavaHeap heap;
    private final CheapestPaths paths;
    private final Set<Double> numbers = new HashSet<>();
    private final Set<Double> truths = new HashSet<>();

    /** The boxes that hold one of the numbers. The JDK gives the same box to many, so what refers to it is the place. */
    private final BitSet boxes = new BitSet();

    private final List<Place> found = new ArrayList<>();

    private NumberPlaces(JavaHeap heap, Collection<Course> courses) {
        this.heap = heap;
        courses.forEach(course -> (course.truth() ? truths : numbers).add(course.after()));
        BitSet all = new BitSet();
        all.set(0, heap.size());
        paths = CheapestPaths.to(all, heap);
    }

    /** Those that hold what one of the courses ends at. */
    static List<Place> in(JavaHeap heap, Collection<Course> courses) {
        NumberPlaces places = new NumberPlaces(heap, courses);
        places.findBoxes();
        for (long entry : places.cheapestFirst()) {
            if (places.found.size() < MOST) {
                places.look((int) entry);
            }
        }
        return places.found;
    }

    /** All objects that are reached, below the cost of each. */
    private long[] cheapestFirst() {
        return IntStream.range(0, heap.size())
                .filter(paths::reaches)
                .mapToLong(object -> ((long) paths.cost(object) << Integer.SIZE) | object)
                .sorted()
                .toArray();
    }

    private void findBoxes() {
        for (int object = 0; object < heap.size(); object++) {
            JavaClass type = heap.typeOf(object);
            if (type != null && JavaTexts.BOXES.contains(type.name())) {
                int box = object;
                IN_BOX.in(heap, object).ifPresent(value -> boxes.set(box, isWanted(value, isTruth(type))));
            }
        }
    }

    private void look(int object) {
        JavaClass asClass = heap.asClass(object);
        JavaClass type = heap.typeOf(object);
        long[] elements = heap.elements(object);
        if (asClass != null) {
            lookAt(asClass, object);
        } else if (elements != null) {
            for (long element : elements) {
                lookAtBox(object, element, false);
            }
        } else if (type == null) {
            lookIntoArray(object);
        } else {
            lookIntoInstance(object, type);
        }
    }

    private void lookAt(JavaClass holder, int object) {
        if (holder.owner() == JavaClass.Owner.APPLICATION) {
            for (JavaClass.StaticNumber number : holder.staticNumbers()) {
                add(
                        object,
                        new NumberSlot.OfClass(number.name(), number.type()),
                        number.value(),
                        isTruth(number.type()));
            }
            holder.statics().forEach(field -> lookAtBox(object, field.target(), false));
        }
    }

    /** Of one that the application or an atomic array refers to: others are the insides of something. */
    private void lookIntoArray(int array) {
        int type = JavaValues.elementType(heap, array);
        if (type == HprofType.BYTE || type == HprofType.CHAR) {
            return;
        }
        List<Integer> path = paths.path(array);
        if (path.size() < 2 || !isKept(path.get(path.size() - 2))) {
            return;
        }
        double[] elements = JavaValues.elements(heap, array, MOST_ELEMENTS);
        for (int i = 0; i < elements.length; i++) {
            add(array, new NumberSlot.Element(i, type), elements[i], isTruth(type));
        }
    }

    private boolean isKept(int holder) {
        JavaClass asClass = heap.asClass(holder);
        JavaClass type = asClass == null ? heap.typeOf(holder) : asClass;
        return type != null
                && (type.owner() == JavaClass.Owner.APPLICATION
                        || type.name().startsWith("[")
                        || type.name().matches("java\\.util\\.concurrent\\.atomic\\.Atomic\\w+Array"));
    }

    private void lookIntoInstance(int object, JavaClass type) {
        JavaValues.ofInstance(heap, object, (declaring, field, value) -> {
            if (declaring.owner() == JavaClass.Owner.APPLICATION) {
                NumberSlot slot = new NumberSlot.OfInstance(declaring, field.name(), field.type());
                add(object, slot, value, isTruth(field.type()));
            } else if (field.name().equals(NumberSlot.NUMBERS.get(declaring.name()))
                    || (declaring.name().startsWith("java.util.") && NumberSlot.SIZES.contains(field.name()))) {
                add(object, new NumberSlot.Inside(field.name(), field.type()), value, isTruth(type));
            }
        });
        for (JavaHeap.Reference field : heap.fields(object)) {
            lookAtBox(object, field.target(), field.field().equals("key"));
        }
    }

    private void lookAtBox(int holder, long target, boolean isKey) {
        int box = target == 0 ? LongIndex.ABSENT : heap.find(target);
        if (box != LongIndex.ABSENT && boxes.get(box)) {
            JavaClass type = heap.typeOf(box);
            List<Integer> path =
                    Stream.concat(paths.path(holder).stream(), Stream.of(box)).toList();
            IN_BOX.in(heap, box)
                    .ifPresent(value ->
                            add(path, IN_BOX, value, type != null && isTruth(type), paths.cost(holder) + 1, isKey));
        }
    }

    private void add(int object, NumberSlot slot, double value, boolean truth) {
        if (isWanted(value, truth)) {
            add(paths.path(object), slot, value, truth, paths.cost(object), false);
        }
    }

    private void add(List<Integer> path, NumberSlot slot, double value, boolean truth, int cost, boolean isKey) {
        if (path.stream().anyMatch(this::isOfApplication)) {
            found.add(new Place(path, slot, value, truth, cost, isKey));
        }
    }

    private boolean isOfApplication(int object) {
        JavaClass asClass = heap.asClass(object);
        JavaClass type = asClass == null ? heap.typeOf(object) : asClass;
        return type != null && type.owner() == JavaClass.Owner.APPLICATION;
    }

    private boolean isWanted(double value, boolean truth) {
        return (truth ? truths : numbers).contains(value);
    }

    private static boolean isTruth(int type) {
        return type == HprofType.BOOLEAN;
    }

    private static boolean isTruth(JavaClass type) {
        return type.name().equals("java.lang.Boolean")
                || type.name().equals("java.util.concurrent.atomic.AtomicBoolean");
    }
}
