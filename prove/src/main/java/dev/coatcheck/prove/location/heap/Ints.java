package dev.coatcheck.prove.location.heap;

import java.util.Arrays;

/** A growing array of numbers. */
final class Ints {
    private int[] values;
    private int size;

    Ints(int capacity) {
        values = new int[Math.max(16, capacity)];
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size + size / 2);
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    int removeLast() {
        return values[--size];
    }

    int size() {
        return size;
    }
}
