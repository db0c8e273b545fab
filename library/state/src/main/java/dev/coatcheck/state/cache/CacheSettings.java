package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a cache keeps things. The same in every process that shares it.
 *
 * @param name which cache it is: up to 64 letters, digits, points, dashes and underscores of ASCII. Caches of one name on
 *     one store are one cache
 * @param stale for how long after its time to live an entry may be served while it is loaded anew, and where that fails;
 *     not at all by default
 * @param nothingTtl the time to live of what the loader did not find; 10 seconds by default
 * @param jitter the largest part of a time to live that is taken off at random, so that the loads of one moment do not end
 *     in one moment: from 0 to 1, 0.1 by default. It is drawn once for each load, so that what {@link Cache#getAll} loads
 *     together ends together
 * @param beta how eagerly an entry is loaded anew before its time to live is over; 1 by default, 0 for never. See
 *     {@link Cache}
 * @param lease how long the right to load outlives a process that has died; 5 seconds by default, from 100 milliseconds to
 *     an hour. It is renewed three times as often
 * @param patience how long to wait for another's load before loading oneself, and keeping nothing; 10 seconds by default,
 *     at most an hour
 * @param maxBytes the largest value that is kept, in bytes of UTF-8; 512 KiB by default, at most {@value #MOST_BYTES}.
 *     The less it is, the more keys are read {@linkplain Cache#MOST_BYTES_AT_ONCE at once}
 * @param near whether this process keeps what it read in its own memory too; not by default
 */
public record CacheSettings(
        String name,
        Duration stale,
        Duration nothingTtl,
        double jitter,
        double beta,
        Duration lease,
        Duration patience,
        int maxBytes,
        Optional<NearSettings> near) {

    /** The largest value that any cache keeps. */
    public static final int MOST_BYTES = 8 * 1024 * 1024;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
    private static final Duration LONGEST_PATIENCE = Duration.ofHours(1);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);

    public CacheSettings {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a cache has 1 to 64 letters, digits, points, dashes and underscores, not \"" + name
                            + "\"");
        }
        require(
                !stale.isNegative() && stale.compareTo(Cache.LONGEST) < 0,
                "a stale time that is not negative and less than " + Cache.LONGEST,
                stale);
        require(
                nothingTtl.isPositive() && nothingTtl.compareTo(Cache.LONGEST.minus(stale)) <= 0,
                "a time to live for nothing that is, with the stale time, up to " + Cache.LONGEST,
                nothingTtl);
        require(
                jitter >= 0 && jitter <= 1 && beta >= 0 && beta <= 1e6,
                "a jitter up to 1, a beta of 0 or more",
                jitter,
                beta);
        require(
                lease.compareTo(SHORTEST_LEASE) >= 0 && lease.compareTo(LONGEST_LEASE) <= 0,
                "a lease from " + SHORTEST_LEASE + " to " + LONGEST_LEASE,
                lease);
        require(
                !patience.isNegative() && patience.compareTo(LONGEST_PATIENCE) <= 0,
                "a patience up to " + LONGEST_PATIENCE,
                patience);
        require(maxBytes >= 1 && maxBytes <= MOST_BYTES, "1 to " + MOST_BYTES + " bytes for a value", maxBytes);
    }

    /** The defaults, under a name. */
    public static CacheSettings named(String name) {
        return new CacheSettings(
                name,
                Duration.ZERO,
                Duration.ofSeconds(10),
                0.1,
                1,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                512 * 1024,
                Optional.empty());
    }

    public CacheSettings withStale(Duration stale) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withNothingTtl(Duration nothingTtl) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withJitter(double jitter) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withBeta(double beta) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withLease(Duration lease) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withPatience(Duration patience) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withMaxBytes(int maxBytes) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, near);
    }

    public CacheSettings withNear(NearSettings near) {
        return new CacheSettings(name, stale, nothingTtl, jitter, beta, lease, patience, maxBytes, Optional.of(near));
    }

    private static void require(boolean met, String what, Object... found) {
        if (!met) {
            throw new IllegalArgumentException("a cache has " + what + ", not " + Arrays.toString(found));
        }
    }
}
