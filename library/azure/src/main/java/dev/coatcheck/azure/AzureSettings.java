package dev.coatcheck.azure;

import dev.coatcheck.state.blobs.BlobCapability;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a process uses its container.
 *
 * @param connectTimeout how long it waits for a connection; 5 seconds by default
 * @param requestTimeout how long the store may take for one request, the sending of a block included, and how long it may
 *     pause while a blob is read; a request that failed is made again, until twice this time has passed. 30 seconds by
 *     default, which is the time that 8 MiB take at 2.2 Mbit/s
 * @param blockBytes what is stored in one request, and held in memory for it, half as much again for a moment; what is larger
 *     goes in blocks of this size, of which there can be 50 000. 8 MiB by default, which is enough for blobs of 390 GiB;
 *     64 KiB at the least
 * @param lacking what this account cannot promise although others can; nothing by default
 */
public record AzureSettings(
        Duration connectTimeout, Duration requestTimeout, int blockBytes, Set<BlobCapability> lacking) {
    private static final Duration SHORTEST = Duration.ofMillis(250);
    private static final int LEAST_BLOCK = 1 << 16;
    private static final int MOST_BLOCK = 1 << 30;
    private static final AzureSettings DEFAULTS =
            new AzureSettings(Duration.ofSeconds(5), Duration.ofSeconds(30), 8 << 20, Set.of());

    public AzureSettings {
        if (connectTimeout.compareTo(SHORTEST) < 0 || requestTimeout.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "time-outs are at least 250 ms: connect %s, request %s".formatted(connectTimeout, requestTimeout));
        }
        if (blockBytes < LEAST_BLOCK || blockBytes > MOST_BLOCK) {
            throw new IllegalArgumentException("a block has 64 KiB to 1 GiB, not %d bytes".formatted(blockBytes));
        }
        lacking = Collections.unmodifiableSet(lacking.isEmpty() ? Set.of() : EnumSet.copyOf(lacking));
    }

    public static AzureSettings defaults() {
        return DEFAULTS;
    }

    public AzureSettings withConnectTimeout(Duration connectTimeout) {
        return new AzureSettings(connectTimeout, requestTimeout, blockBytes, lacking);
    }

    public AzureSettings withRequestTimeout(Duration requestTimeout) {
        return new AzureSettings(connectTimeout, requestTimeout, blockBytes, lacking);
    }

    public AzureSettings withBlockBytes(int blockBytes) {
        return new AzureSettings(connectTimeout, requestTimeout, blockBytes, lacking);
    }

    /** For a store that speaks as Azure's does and promises less. It makes no account with a hierarchical namespace work. */
    public AzureSettings without(BlobCapability... lacking) {
        return new AzureSettings(connectTimeout, requestTimeout, blockBytes, Set.of(lacking));
    }
}
