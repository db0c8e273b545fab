package dev.coatcheck.state.cache;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an adapter of {@link Cache} does: it keeps entries, and decides by its own clock which are fresh and who loads. An
 * application uses {@link Cache}, which asks for what was checked.
 *
 * <p>Guarantees: each method that changes something is one atomic step for each entry, though not for several together. For
 * several it costs no more round trips than for one.
 *
 * <ul>
 *   <li>Of all who read an entry that is missing or due, one at a time is given the right to load it. The right ends when
 *       it is used, given up, not renewed in time, or when the entry is invalidated; what comes too late is refused.
 *   <li>An entry that was invalidated, by its key or by one of its tags, is not given out again, not as a stale one either,
 *       nor is what was begun to be loaded before and written after.
 *   <li>An entry that was written for other tags than those that are asked for is none.
 * </ul>
 *
 * <p>How tags work: each tag has a version, made when somebody first loads for it and removed when it is invalidated. Who
 * is given the right to load has the versions of that moment kept with it, and the entry with them; an entry is valid
 * while all of them are still the versions of its tags. So a store that loses a tag's version loses entries and never
 * brings one back.
 *
 * <p>Methods throw {@link BackingServiceException} where the store cannot be reached or does not answer in time. Thread-safe.
 */
public interface CacheStore {

    /** What this adapter promises beyond that. */
    Set<CacheCapability> capabilities();

    /**
     * Reads entries of one cache, and takes the right to load each for which there is reason to and nobody else has it. A
     * store of which a part is away, or that is full, answers what it can and says of the rest that it is
     * {@link ReadResult.Unavailable}; it throws where it can answer nothing. Where it throws it leaves no right behind, but for what it cannot give back since the store is out of reach: that ends
     * with its lease.
     *
     * @param questions for one entry each, no two for the same; the rest of them alike but for the tags and the token. At
     *     least one, at most {@value Cache#MOST_KEYS}
     * @return an answer to each, in their order
     */
    List<ReadResult> readAll(List<Question> questions);

    /** {@link #readAll} for one. */
    default ReadResult read(Question question) {
        return readAll(List.of(question)).get(0);
    }

    /**
     * Keeps what was loaded for one cache, and tells who waits for it.
     *
     * @param entries at least one
     * @return what was kept; not that of which the right to load was lost, nor that for which there was no room, or whose part
     *     of the store is away where another part is there
     */
    Set<Load> writeAll(Map<Load, NewEntry> entries);

    /** {@link #writeAll} for one; says whether it was kept. */
    default boolean write(Load load, NewEntry entry) {
        return writeAll(Map.of(load, entry)).contains(load);
    }

    /**
     * Makes rights to load entries of one cache last this much longer than now.
     *
     * @param loads at least one
     * @return those that the caller still has
     */
    Set<Load> renewAll(Collection<Load> loads, Duration lease);

    /** {@link #renewAll} for one; says whether the caller still has it. */
    default boolean renew(Load load, Duration lease) {
        return renewAll(List.of(load), lease).contains(load);
    }

    /**
     * Gives up rights to load entries of one cache, which the next one who reads may have after a pause. Without a pause,
     * who waits is told.
     *
     * @param loads at least one
     */
    void abandonAll(Collection<Load> loads, Duration pause);

    /** {@link #abandonAll} for one. */
    default void abandon(Load load, Duration pause) {
        abandonAll(List.of(load), pause);
    }

    /** Removes an entry and the right to load it, and tells all processes. */
    void invalidate(EntryKey key);

    /** Makes all entries with a tag invalid, and tells all processes. */
    void invalidateTag(String cache, String tag);

    /**
     * Begins to hear of the end of a load. No round trip, and a store that cannot be reached is no reason to fail. Nothing
     * that happens after this, and after the store was asked with {@link Question#waiting()}, is missed; where the store
     * does not tell, waiting ends after a short while.
     */
    LeaseStore.Waiting await(EntryKey key);

    /**
     * Begins to tell somebody what happens. A store that cannot be reached is no reason to fail: it will begin later.
     *
     * @return what ends it
     * @throws UnsupportedOperationException without {@link CacheCapability#PUSH}
     */
    Runnable listen(Heard heard);

    /**
     * Has the store tell this process something, by the way that reads go there and invalidations come back. What was
     * invalidated before is heard of before.
     *
     * @throws UnsupportedOperationException without {@link CacheCapability#PUSH}
     */
    void beat(String beat);
}
