package dev.coatcheck.prove.location;

import java.time.Duration;

/**
 * How much of a process's memory is looked through at most.
 *
 * @param bytes of memory that is really there
 */
public record MemoryLimits(Duration time, long bytes) {
    public MemoryLimits {
        if (time.isNegative() || bytes < 0) {
            throw new IllegalArgumentException(
                    "a limit cannot be less than nothing: " + time + ", " + bytes + " bytes");
        }
    }

    /** Ten seconds and 4 GiB. */
    public static MemoryLimits defaults() {
        return new MemoryLimits(Duration.ofSeconds(10), 4L << 30);
    }
}
