package dev.coatcheck.prove.location.heap;

import java.util.Arrays;

/** Numbers 64-bit ids in the order in which they come, and finds the number of an id: twenty bytes each. */
final class LongIndex {
    static final int ABSENT = -1;

    private long[] ids = new long[1 << 12];
    private int[] slots = filled(1 << 13);
    private int size;

    /** The number that the id gets; the one that it has where it came before. */
    int add(long id) {
        int known = find(id);
        if (known != ABSENT) {
            return known;
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2);
            slots = filled(slots.length * 2);
            for (int i = 0; i < size; i++) {
                slots[slot(ids[i])] = i;
            }
        }
        ids[size] = id;
        slots[slot(id)] = size;
        return size++;
    }

    int find(long id) {
        return slots[slot(id)];
    }

    long id(int number) {
        return ids[number];
    }

    int size() {
        return size;
    }

    /** Where the id is, or would be. */
    private int slot(long id) {
        int mask = slots.length - 1;
        int slot = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (slots[slot] != ABSENT && ids[slots[slot]] != id) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static int[] filled(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, ABSENT);
        return slots;
    }
}
