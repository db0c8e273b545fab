package dev.coatcheck.host.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The units in which {@code /proc} counts, as the kernel tells every program at its start in its auxiliary vector: pairs
 * of words, a key and a value ({@code getauxval(3)}).
 *
 * @param pageBytes the bytes in a page of memory: 4 KiB, on some ARM systems 16 or 64
 * @param ticksPerSecond the ticks in a second of CPU time
 */
record KernelUnits(long pageBytes, long ticksPerSecond) {
    private static final long AT_PAGESZ = 6;
    private static final long AT_CLKTCK = 17;

    static final KernelUnits OF_THIS_MACHINE = read();

    Usage usage(long pages, long ticks) {
        return new Usage(pages * pageBytes, Duration.ofMillis(ticks * 1_000 / ticksPerSecond));
    }

    private static KernelUnits read() {
        long page = 4_096;
        long ticks = 100;
        try {
            ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (vector.remaining() >= 2 * Long.BYTES) {
                long key = vector.getLong();
                long value = vector.getLong();
                if (key == AT_PAGESZ) {
                    page = value;
                } else if (key == AT_CLKTCK) {
                    ticks = value;
                }
            }
        } catch (IOException e) {
            // Not readable for a JVM that was started with more rights than its user has: then what nearly all have.
        }
        return new KernelUnits(page, ticks);
    }
}
