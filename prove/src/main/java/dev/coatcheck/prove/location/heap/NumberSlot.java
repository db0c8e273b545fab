package dev.coatcheck.prove.location.heap;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where in an object a number or a truth value is, told so that it can be read in another heap as well. */
sealed interface NumberSlot {
    /** A static field, where the object is a class. */
    record OfClass(String field, int type) implements NumberSlot {}

    /** A field that the application declares. */
    record OfInstance(JavaClass declaring, String field, int type) implements NumberSlot {}

    /** An element of an array. */
    record Element(int index, int type) implements NumberSlot {}

    /** A field inside of an object of the JDK that is a number for whoever uses it, or the size of a collection. */
    record Inside(String field, int type) implements NumberSlot {
        boolean isSize() {
            return SIZES.contains(field);
        }
    }

    /** The fields in which classes of the JDK keep how much they hold. */
    Set<String> SIZES = Set.of("size", "elementCount", "baseCount", "count");

    /** The classes of the JDK that are numbers, and the field in which each is one. */
    Map<String, String> NUMBERS = Map.of(
            "java.util.concurrent.atomic.AtomicInteger", "value",
            "java.util.concurrent.atomic.AtomicLong", "value",
            "java.util.concurrent.atomic.AtomicBoolean", "value",
            // What threads add at the same moment lies in cells beside it.
            "java.util.concurrent.atomic.Striped64", "base");

    int type();

    /** What an object of this heap has there; empty where it has no such place. */
    default OptionalDouble in(JavaHeap heap, int object) {
        return switch (this) {
            case OfClass(String field, int type) -> ofClass(heap.asClass(object), field);
            case Element(int index, int type) -> {
                double[] numbers = JavaValues.elements(heap, object, index + 1);
                yield index < numbers.length ? OptionalDouble.of(numbers[index]) : OptionalDouble.empty();
            }
            case OfInstance(JavaClass declaring, String field, int type) ->
                ofInstance(heap, object, declaring.readableName(), field);
            case Inside(String field, int type) -> ofInstance(heap, object, "", field);
        };
    }

    private static OptionalDouble ofClass(@Nullable JavaClass holder, String field) {
        return holder == null
                ? OptionalDouble.empty()
                : holder.staticNumbers().stream()
                        .filter(number -> number.name().equals(field))
                        .mapToDouble(JavaClass.StaticNumber::value)
                        .findFirst();
    }

    /** @param declaring the name of the class that declares the field; empty where any does */
    private static OptionalDouble ofInstance(JavaHeap heap, int object, String declaring, String field) {
        double[] found = new double[1];
        int[] times = new int[1];
        JavaValues.ofInstance(heap, object, (by, at, value) -> {
            if (at.name().equals(field)
                    && (declaring.isEmpty() || by.readableName().equals(declaring))
                    && times[0]++ == 0) {
                found[0] = value;
            }
        });
        return times[0] == 0 ? OptionalDouble.empty() : OptionalDouble.of(found[0]);
    }
}
