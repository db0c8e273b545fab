package dev.coatcheck.prove.location;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds many needles in bytes in one pass, whose time does not depend on how many there are: a bit for each hash of four
 * bytes says whether any needle may begin here, and few places have to be looked at again. Immutable.
 */
public final class PatternSearch {
    private static final int WORD = 4;
    private static final int HASH_BITS = 17;

    private static final class Pattern {
        private final byte[] bytes;
        private final Needle needle;

        Pattern(byte[] bytes, Needle needle) {
            this.bytes = bytes;
            this.needle = needle;
        }

        boolean isAt(byte[] data, int position, int end) {
            return end - position >= bytes.length
                    && Arrays.equals(data, position, position + bytes.length, bytes, 0, bytes.length);
        }
    }

    private final long[] filter = new long[1 << (HASH_BITS - 6)];
    private final int[] words;
    private final Pattern[][] byWord;
    private final int longest;

    public PatternSearch(Collection<Needle> needles) {
        Map<Integer, Map<String, Pattern>> found = new HashMap<>();
        int most = WORD;
        for (Needle needle : needles) {
            for (byte[] bytes : needle.spellings()) {
                most = Math.max(most, bytes.length);
                // Two needles with the same bytes: the first is nearer to the value.
                found.computeIfAbsent(word(bytes), word -> new HashMap<>())
                        .putIfAbsent(new String(bytes, StandardCharsets.ISO_8859_1), new Pattern(bytes, needle));
            }
        }
        longest = most;
        words = found.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        byWord = new Pattern[words.length][];
        for (int i = 0; i < words.length; i++) {
            byWord[i] = found.getOrDefault(words[i], Map.of()).values().toArray(Pattern[]::new);
            int hash = hash(words[i]);
            filter[hash >>> 6] |= 1L << hash;
        }
    }

    /** How many bytes at the end of a chunk have to be seen again together with the next one. */
    int overlap() {
        return longest - 1;
    }

    /** What is told of each needle that is found. */
    private interface Hits {
        /** Takes one in, and says whether to go on. */
        boolean at(int position, Needle needle);
    }

    /** Tells of every needle that lies wholly between the two positions. */
    public void search(byte[] data, int from, int to, Consumer<Needle> hits) {
        search(data, from, to, (position, needle) -> {
            hits.accept(needle);
            return true;
        });
    }

    /** The position of the first needle; -1 where there is none. */
    public int firstIn(byte[] data, int from, int to) {
        int[] first = {-1};
        search(data, from, to, (position, needle) -> {
            first[0] = position;
            return false;
        });
        return first[0];
    }

    private void search(byte[] data, int from, int to, Hits hits) {
        int word = 0;
        for (int i = from; i < to; i++) {
            word = word << 8 | (data[i] & 0xff);
            int hash = hash(word);
            if ((filter[hash >>> 6] & 1L << hash) != 0
                    && i - from >= WORD - 1
                    && !check(data, i - (WORD - 1), to, word, hits)) {
                return;
            }
        }
    }

    public boolean isIn(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return firstIn(bytes, 0, bytes.length) >= 0;
    }

    /** The needle that comes first in the text. */
    Optional<Needle> firstOf(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<Needle> first = new ArrayList<>();
        search(bytes, 0, bytes.length, (position, needle) -> {
            first.add(needle);
            return false;
        });
        return first.stream().findFirst();
    }

    private boolean check(byte[] data, int position, int end, int word, Hits hits) {
        int index = Arrays.binarySearch(words, word);
        if (index >= 0) {
            for (Pattern pattern : byWord[index]) {
                if (pattern.isAt(data, position, end) && !hits.at(position, pattern.needle)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int word(byte[] bytes) {
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    private static int hash(int word) {
        return (word * 0x9E3779B1) >>> (32 - HASH_BITS);
    }
}
