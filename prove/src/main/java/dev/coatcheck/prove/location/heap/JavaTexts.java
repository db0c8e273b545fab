package dev.coatcheck.prove.location.heap;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What objects say by which they are known in any heap: strings, and keys of maps. */
final class JavaTexts {
    /** Whose only value is a number or a truth value. */
    static final Set<String> BOXES = Set.of(
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Short",
            "java.lang.Byte",
            "java.lang.Double",
            "java.lang.Float",
            "java.lang.Boolean");

    private JavaTexts() {}

    /** What a string says; null where the object is none. */
    static @Nullable String of(JavaHeap heap, int object) {
        JavaClass type = heap.typeOf(object);
        if (type == null || !type.name().equals("java.lang.String")) {
            return null;
        }
        int value = heap.field(object, "value");
        if (value == LongIndex.ABSENT) {
            return null;
        }
        boolean oneByteEach = heap.numbers(object).getOrDefault("coder", 1L) == 0;
        return new String(
                heap.primitives(value), oneByteEach ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_16LE);
    }

    /** Whether the class extends another, or is it. */
    static boolean isA(JavaHeap heap, JavaClass type, String ancestor) {
        return heap.line(type).stream().anyMatch(at -> at.name().equals(ancestor));
    }

    /** What tells a key from others, the same in each heap; empty where only the object itself does. */
    static Optional<String> ofKey(JavaHeap heap, int object) {
        String text = of(heap, object);
        JavaClass type = heap.typeOf(object);
        if (text != null || type == null) {
            return Optional.ofNullable(text).map(says -> '"' + says);
        }
        if (isA(heap, type, "java.lang.Enum")) {
            int name = heap.field(object, "name");
            String says = name == LongIndex.ABSENT ? null : of(heap, name);
            return Optional.ofNullable(says).map(constant -> type.name() + '.' + constant);
        }
        if (!BOXES.contains(type.name()) && !type.name().equals("java.util.UUID")) {
            return Optional.empty();
        }
        // As long numbers: a double has not the digits of a UUID.
        Map<String, Object> values = new HashMap<>(heap.numbers(object));
        if (values.isEmpty()) {
            JavaValues.ofInstance(heap, object, (declaring, field, value) -> values.put(field.name(), value));
        }
        return Optional.of(type.name() + values);
    }
}
