package dev.coatcheck.prove.location;

import java.time.Duration;

/**
 * Of which processes the heap is written out at most, and how long that may take.
 *
 * @param residentBytes what the process may have in memory: its heap is smaller
 */
public record HeapLimits(Duration time, long residentBytes) {
    public HeapLimits {
        if (time.isNegative() || residentBytes < 0) {
            throw new IllegalArgumentException(
                    "a limit cannot be less than nothing: " + time + ", " + residentBytes + " bytes");
        }
    }

    /** A minute and 2 GiB. */
    public static HeapLimits defaults() {
        return new HeapLimits(Duration.ofMinutes(1), 2L << 30);
    }
}
