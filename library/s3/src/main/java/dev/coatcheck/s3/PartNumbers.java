package dev.coatcheck.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Under which numbers the full chunks of an upload are stored, the first chunk's first. They ascend, and some are left out:
 * a number that a writer may have used who was superseded is nobody's any more.
 */
record PartNumbers(List<Integer> numbers) {
    static final PartNumbers NONE = new PartNumbers(List.of());

    PartNumbers {
        numbers = List.copyOf(numbers);
    }

    /** Reads what {@link #text()} wrote. */
    static PartNumbers parse(String text) {
        return new PartNumbers(Arrays.stream(text.split(" ", -1))
                .filter(range -> !range.isEmpty())
                .flatMapToInt(PartNumbers::range)
                .boxed()
                .toList());
    }

    private static IntStream range(String text) {
        var ends = text.split("-", 2);
        int first = Integer.parseInt(ends[0]);
        return IntStream.rangeClosed(first, ends.length == 1 ? first : Integer.parseInt(ends[1]));
    }

    /** Such as {@code 1-40 42 44-50}: short, however many there are. */
    String text() {
        var ranges = new ArrayList<String>();
        int begin = 0;
        for (int i = 1; i <= numbers.size(); i++) {
            if (i == numbers.size() || numbers.get(i) != numbers.get(i - 1) + 1) {
                int first = numbers.get(begin);
                int last = numbers.get(i - 1);
                ranges.add(first == last ? "" + first : first + "-" + last);
                begin = i;
            }
        }
        return String.join(" ", ranges);
    }

    /** Those of the first so many chunks. */
    PartNumbers first(long chunks) {
        return chunks >= numbers.size() ? this : new PartNumbers(numbers.subList(0, (int) chunks));
    }

    /** With the next chunk's. */
    PartNumbers with(int number) {
        return new PartNumbers(
                Stream.concat(numbers.stream(), Stream.of(number)).toList());
    }
}
