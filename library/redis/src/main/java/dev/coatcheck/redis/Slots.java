package dev.coatcheck.redis;

import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/** The slots of a Redis Cluster: what lies in one can be read and changed together. */
final class Slots {
    private Slots() {}

    /** Cuts items into those whose keys share a slot; a cut of the same items is always the same. */
    static <T> List<List<T>> together(List<T> items, Function<T, String> key) {
        var groups = new LinkedHashMap<Integer, List<T>>();
        for (var item : items) {
            groups.computeIfAbsent(SlotHash.getSlot(key.apply(item)), slot -> new ArrayList<>())
                    .add(item);
        }
        return List.copyOf(groups.values());
    }

    /** What puts a key into the slot of another: a text between braces, which alone counts then. */
    static String tagLike(String key) {
        return "{" + Tags.OF_SLOTS[SlotHash.getSlot(key)] + "}";
    }

    /** Found by trying; made when first asked for. */
    private static final class Tags {
        static final String[] OF_SLOTS = find();

        private static String[] find() {
            var tags = new String[SlotHash.SLOT_COUNT];
            int missing = tags.length;
            Arrays.fill(tags, "");
            for (int number = 0; missing > 0; number++) {
                var tag = Integer.toString(number, Character.MAX_RADIX);
                int slot = SlotHash.getSlot(tag);
                if (tags[slot].isEmpty()) {
                    tags[slot] = tag;
                    missing--;
                }
            }
            return tags;
        }
    }
}
