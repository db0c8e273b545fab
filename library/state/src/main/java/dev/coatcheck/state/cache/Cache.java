package dev.coatcheck.state.cache;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The port for caches: what is dear to compute, kept for a time where all processes find it.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>For an entry that is missing one {@linkplain Loader loader} runs among all processes, under a lease that is
 *       renewed while it runs; the others wait. Where its process dies, another loads when the lease is over. Who has waited
 *       for its {@linkplain CacheSettings#patience() patience} loads by itself, once in each process.
 *   <li>An entry whose time to live is over is served for as long as {@link CacheSettings#stale()} says while one process
 *       loads it anew in the background, and where that fails; it is tried again once in a second, among all.
 *   <li>An entry is loaded anew a little before its time to live is over, by one process in the background: the earlier
 *       the dearer it was, by chance, so that hot entries do not run out. (XFetch: Vattani, Chierichetti, Lowenstein,
 *       "Optimal Probabilistic Cache Stampede Prevention", PVLDB 8(8), 2015; where the paper has the one who draws the lot
 *       wait for the new value, here it is served the old one.)
 *   <li>What was invalidated, by its key or by a tag, is served to nobody who asks after that, not as stale either, and
 *       what was begun to be loaded before is not kept. Change what the loader reads first, and invalidate then.
 *   <li>With {@link CacheSettings#near} a process keeps what it read in its memory. The store tells of invalidations, not
 *       of loads; see {@link NearSettings} for how long a process may serve what another has invalidated.
 *   <li>A cache is never the truth: what a store has no answer to, or no room for, is loaded, once in each process at a
 *       time; of several keys those alone. A server that hangs is left alone for a few seconds at a time.
 * </ul>
 *
 * <p>What a store may forget at any time is loaded again. What it loses in a fail-over may be an invalidation: then the
 * time to live is what bounds how long the old value is served.
 *
 * <p>Cost: a hit is one round trip, and none near; a miss two; {@link #getAll} the same for all its keys together, up to
 * {@linkplain #MOST_BYTES_AT_ONCE a size}. Who meets another's load asks once more, and then when it was told. Invalidating is
 * one.
 *
 * <p>{@link #get} and {@link #getAll} throw {@link LoadFailedException} where the loader failed and nothing may be served, and nothing for
 * what is wrong with the store. Methods throw {@link IllegalArgumentException} for keys and tags that are empty, longer
 * than {@value #MAX_KEY_BYTES} bytes of UTF-8, or no {@linkplain StoredText text that every store takes}. Thread-safe.
 * Virtual threads run while something is loaded, and one for a near cache.
 *
 * <pre>{@code
 * var albums = redis.cache(CacheSettings.named("albums").withStale(Duration.ofHours(1)));
 * var json = albums.get(id, Set.of("user:" + owner), Duration.ofMinutes(5), () -> database.albumAsJson(id)).value();
 * …
 * database.addPhoto(id, photo);
 * albums.invalidate(id);
 * }</pre>
 */
public final class Cache implements AutoCloseable {

    /** The longest key, and the longest tag, in bytes of UTF-8. */
    public static final int MAX_KEY_BYTES = 512;

    /** How many tags an entry may have. */
    public static final int MOST_TAGS = 16;

    /** How many keys may be asked for at once. */
    public static final int MOST_KEYS = 500;

    /**
     * How many bytes of values travel to the store or back at once, at the most: 32 MiB. {@link #getAll} reads as many keys in
     * one round trip as may have values of that size together (64 where values are kept of 512 KiB, as by default; all where
     * {@link CacheSettings#maxBytes()} is 64 KiB or less), and keeps as many values as have it. What is beyond that takes
     * another round trip.
     */
    public static final int MOST_BYTES_AT_ONCE = 32 * 1024 * 1024;

    /** The longest time that anything is kept, its stale time included. */
    public static final Duration LONGEST = Duration.ofDays(30);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final CacheStore store;
    private final CacheSettings settings;
    private final Reading reading;
    private final @Nullable NearCache near;
    private final @Nullable NearLink nearLink;

    /**
     * @param store an adapter, such as the in-memory one in tests; attached resources give out caches ready to use
     * @throws UnsupportedOperationException where the settings ask for a near cache and the store has no
     *     {@link CacheCapability#PUSH}
     */
    public Cache(CacheStore store, CacheSettings settings) {
        this.store = store;
        this.settings = settings;
        this.near = settings.near().map(NearCache::new).orElse(null);
        this.reading = new Reading(store, settings, near);
        this.nearLink = near == null
                ? null
                : NearLink.begin(store, settings.name(), near, settings.near().orElseThrow());
    }

    /** What the adapter promises beyond the guarantees above, as its store can hold it. */
    public Set<CacheCapability> capabilities() {
        return store.capabilities();
    }

    /** {@link #get(String, Set, Duration, Loader)} without tags. */
    public Answer get(String key, Duration ttl, Loader loader) {
        return get(key, Set.of(), ttl, loader);
    }

    /**
     * Finds what was kept for a key, or loads it.
     *
     * @param tags by which the entry can be {@linkplain #invalidateTag invalidated} together with others; the same each
     *     time that the key is asked for. At most {@value #MOST_TAGS}
     * @param ttl the time to live of what is loaded now; not more than 30 days together with the stale time
     * @throws LoadFailedException where the loader failed and nothing older may be served
     */
    public Answer get(String key, Set<String> tags, Duration ttl, Loader loader) {
        var entry = entry(key);
        var sorted = sorted(tags);
        requireTtl(ttl);
        if (near != null) {
            var found = near.find(entry, sorted);
            if (found != null) {
                return found;
            }
        }
        BulkLoader ofOne =
                keys -> loader.load().map(value -> Map.of(key, value)).orElse(Map.of());
        var answers = reading.read(new Request(Map.of(entry, sorted), ttl, ofOne));
        return Objects.requireNonNull(answers.get(entry));
    }

    /** {@link #getAll(Collection, Function, Duration, BulkLoader)} without tags. */
    public Map<String, Answer> getAll(Collection<String> keys, Duration ttl, BulkLoader loader) {
        return getAll(keys, key -> Set.of(), ttl, loader);
    }

    /**
     * {@link #get} for several keys, at the cost of one: all are read in one round trip, those that are missing are loaded
     * together, and what was loaded is kept in one more; where values may be large, and where they are, in several of
     * {@linkplain #MOST_BYTES_AT_ONCE 32 MiB}. What others load is waited for after that, which is up to three
     * round trips for each of those who load it, and one more where that takes too long.
     *
     * <p>Where the loader fails and one of the keys has nothing older to serve, none is answered. It may run several times,
     * as {@link BulkLoader} says.
     *
     * @param keys at most {@value #MOST_KEYS}
     * @param tags of each key, as they are named in {@link #get}
     * @return an answer for each key, in the order in which they were first named
     * @throws LoadFailedException where the loader failed and something has nothing older that may be served
     * @throws IllegalArgumentException where the loader finds something that it was not asked for
     */
    public Map<String, Answer> getAll(
            Collection<String> keys, Function<String, Set<String>> tags, Duration ttl, BulkLoader loader) {
        requireTtl(ttl);
        var entries = new LinkedHashMap<EntryKey, List<String>>();
        keys.forEach(key -> entries.put(entry(key), sorted(tags.apply(key))));
        if (entries.size() > MOST_KEYS) {
            throw new IllegalArgumentException("at most %d keys are asked for at once, not %d: ask for them in parts"
                    .formatted(MOST_KEYS, entries.size()));
        }
        var found = new HashMap<EntryKey, Answer>();
        if (near != null) {
            entries.forEach((entry, sorted) -> {
                var hit = near.find(entry, sorted);
                if (hit != null) {
                    found.put(entry, hit);
                }
            });
        }
        var far = new LinkedHashMap<>(entries);
        far.keySet().removeAll(found.keySet());
        if (!far.isEmpty()) {
            found.putAll(reading.read(new Request(far, ttl, loader)));
        }
        var answers = new LinkedHashMap<String, Answer>();
        entries.keySet().forEach(entry -> answers.put(entry.key(), Objects.requireNonNull(found.get(entry))));
        return answers;
    }

    /**
     * Makes everybody load a key anew who asks from now on.
     *
     * <p>A method that puts a value there instead is missing on purpose: of two who change the truth at the same time, the
     * one who was first there may be the last to put, and what it puts would stay. What is loaded after the change is right
     * in any order.
     *
     * @throws BackingServiceException where the store cannot be reached: then others may be served what is kept there for as
     *     long as it lives
     */
    public void invalidate(String key) {
        var entry = entry(key);
        reading.forgetAlone();
        try {
            store.invalidate(entry);
        } finally {
            // Not before, or somebody could still read the old value from the store and keep it near.
            if (near != null) {
                near.changed(key);
            }
        }
    }

    /**
     * Makes everybody load anew what has a tag; of this cache, not of others that use the same tag.
     *
     * @throws BackingServiceException as {@link #invalidate}
     */
    public void invalidateTag(String tag) {
        requireKey("the tag of a cache", tag);
        reading.forgetAlone();
        try {
            store.invalidateTag(settings.name(), tag);
        } finally {
            if (near != null) {
                near.tagChanged(tag);
            }
        }
    }

    /** Interrupts what is loaded in the background, and listens no more. */
    @Override
    public void close() {
        if (nearLink != null) {
            nearLink.close();
        }
        reading.close();
    }

    private EntryKey entry(String key) {
        requireKey("the key of a cache", key);
        return new EntryKey(settings.name(), key);
    }

    private static List<String> sorted(Set<String> tags) {
        tags.forEach(tag -> requireKey("the tag of a cache", tag));
        if (tags.size() > MOST_TAGS) {
            throw new IllegalArgumentException(
                    "an entry has at most %d tags, not %d".formatted(MOST_TAGS, tags.size()));
        }
        return tags.stream().sorted().toList();
    }

    private void requireTtl(Duration ttl) {
        if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST.minus(settings.stale())) > 0) {
            throw new IllegalArgumentException(
                    "a time to live is from a millisecond to %s, the stale time of %s included, not %s"
                            .formatted(LONGEST, settings.stale(), ttl));
        }
    }

    private static void requireKey(String what, String key) {
        StoredText.require(what, key);
        int bytes = StoredText.utf8Length(key);
        if (bytes < 1 || bytes > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("%s has 1 to %d bytes, not %d: use a hash where it is longer"
                    .formatted(what, MAX_KEY_BYTES, bytes));
        }
    }
}
