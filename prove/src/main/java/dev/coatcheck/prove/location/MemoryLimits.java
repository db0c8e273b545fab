package dev.coatcheck.prove.location;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of a process's memory is looked through at most.
 *
 * @param bytes of memory that is really there
 * @param without addresses that are left out, as those of a heap that was looked through as such
 */
public record MemoryLimits(Duration time, long bytes, Optional<AddressRange> without) {
    public MemoryLimits {
        if (time.isNegative() || bytes < 0) {
            throw new IllegalArgumentException(
                    "a limit cannot be less than nothing: " + time + ", " + bytes + " bytes");
        }
    }

    public MemoryLimits(Duration time, long bytes) {
        this(time, bytes, Optional.empty());
    }

    /** Ten seconds and 4 GiB. */
    public static MemoryLimits defaults() {
        return new MemoryLimits(Duration.ofSeconds(10), 4L << 30);
    }

    /** The same, and nothing at these addresses. */
    public MemoryLimits without(AddressRange addresses) {
        return new MemoryLimits(time, bytes, Optional.of(addresses));
    }
}
