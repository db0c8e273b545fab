package dev.coatcheck.s3;

import dev.coatcheck.state.blobs.BlobCapability;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a process uses its object store.
 *
 * @param connectTimeout how long it waits for a connection; 5 seconds by default
 * @param requestTimeout how long the store may take for one request, the sending of a part included, and how long it may
 *     pause while a blob is read; a request that failed is made again, until twice this time has passed. 30 seconds by
 *     default, which is the time that 8 MiB take at 2.2 Mbit/s
 * @param partBytes what is stored in one request, and held in memory for it, half as much again for a moment; what is larger
 *     goes in parts of this size, of which there can be 10 000. 8 MiB by default, which is enough for blobs of 78 GiB; 5 MiB at the least
 * @param lacking what this store cannot promise although Amazon's can; nothing by default
 */
public record S3Settings(Duration connectTimeout, Duration requestTimeout, int partBytes, Set<BlobCapability> lacking) {
    private static final Duration SHORTEST = Duration.ofMillis(250);
    private static final int LEAST_PART = 5 << 20;
    static final int MOST_PART = 1 << 30;
    private static final S3Settings DEFAULTS =
            new S3Settings(Duration.ofSeconds(5), Duration.ofSeconds(30), 8 << 20, Set.of());

    public S3Settings {
        if (connectTimeout.compareTo(SHORTEST) < 0 || requestTimeout.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "time-outs are at least 250 ms: connect %s, request %s".formatted(connectTimeout, requestTimeout));
        }
        if (partBytes < LEAST_PART || partBytes > MOST_PART) {
            throw new IllegalArgumentException("a part has 5 MiB to 1 GiB, not %d bytes".formatted(partBytes));
        }
        lacking = Collections.unmodifiableSet(lacking.isEmpty() ? Set.of() : EnumSet.copyOf(lacking));
    }

    public static S3Settings defaults() {
        return DEFAULTS;
    }

    public S3Settings withConnectTimeout(Duration connectTimeout) {
        return new S3Settings(connectTimeout, requestTimeout, partBytes, lacking);
    }

    public S3Settings withRequestTimeout(Duration requestTimeout) {
        return new S3Settings(connectTimeout, requestTimeout, partBytes, lacking);
    }

    public S3Settings withPartBytes(int partBytes) {
        return new S3Settings(connectTimeout, requestTimeout, partBytes, lacking);
    }

    /**
     * For a store that promises less than Amazon's: one that ignores {@code If-None-Match} when it stores, or {@code If-Match} and is to
     * keep uploads, lacks {@link BlobCapability#SOLE_CREATION}, one that keeps objects as files, such as that of
     * {@code coatcheck up}, {@link BlobCapability#ALL_KEYS} and {@link BlobCapability#CONSISTENT_READS} as well. Of Google Cloud
     * Storage, which is known by its name, it need not be said.
     */
    public S3Settings without(BlobCapability... lacking) {
        return new S3Settings(connectTimeout, requestTimeout, partBytes, Set.of(lacking));
    }

    /** What was said and what is known of the store besides. */
    S3Settings withoutAlso(Set<BlobCapability> known) {
        var all = EnumSet.noneOf(BlobCapability.class);
        all.addAll(lacking);
        all.addAll(known);
        return new S3Settings(connectTimeout, requestTimeout, partBytes, all);
    }
}
