package dev.coatcheck.state.cache;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.Set;

/**
 * What an adapter of {@link Cache} does: it keeps entries, and decides by its own clock which are fresh and who loads. An
 * application uses {@link Cache}, which asks for what was checked.
 *
 * <p>Guarantees: each method that changes something is one atomic step for one entry.
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

    /** Reads an entry, and takes the right to load it, if there is reason to and nobody else has it. */
    ReadResult read(Question question);

    /**
     * Keeps what was loaded, and tells who waits for it.
     *
     * @return whether it was kept; not where the right to load was lost
     */
    boolean write(Load load, NewEntry entry);

    /**
     * Makes the right to load last this much longer than now.
     *
     * @return whether the caller still has it
     */
    boolean renew(Load load, Duration lease);

    /**
     * Gives up the right to load, which the next one who reads may have after a pause. Without a pause, who waits is told.
     */
    void abandon(Load load, Duration pause);

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
