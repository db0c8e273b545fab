package dev.coatcheck.prove.location.heap;

import java.util.Optional;

/** A number or a truth value, as a heap of Node holds it; a truth value is 1 or 0. */
record NodeValue(double number, boolean truth) {
    /** What an object of the heap is; empty where it is neither. */
    static Optional<NodeValue> of(NodeHeap heap, int object) {
        return switch (heap.type(object)) {
            case "number" -> {
                int value = heap.target(object, "value");
                yield value < 0 ? Optional.empty() : number(heap.text(value));
            }
            case "hidden" ->
                switch (oddball(heap, object)) {
                    case "true" -> Optional.of(new NodeValue(1, true));
                    case "false" -> Optional.of(new NodeValue(0, true));
                    default -> Optional.empty();
                };
            default -> Optional.empty();
        };
    }

    /** Whether it is what stands where nothing was put yet. */
    static boolean isNothing(NodeHeap heap, int object) {
        String name = heap.type(object).equals("hidden") ? oddball(heap, object) : "";
        return name.equals("undefined") || name.equals("null");
    }

    /** What V8 calls one of the values that there is one of; its class is called as it is, or, before Node 24, as all are. */
    private static String oddball(NodeHeap heap, int object) {
        int name = heap.target(object, "0");
        String text = name < 0 ? "" : heap.text(name);
        return heap.name(object).equals("system / Oddball") || heap.name(object).equals(text) ? text : "";
    }

    private static Optional<NodeValue> number(String text) {
        try {
            return Optional.of(new NodeValue(Double.parseDouble(text), false));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
