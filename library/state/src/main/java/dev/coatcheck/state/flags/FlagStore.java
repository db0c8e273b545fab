package dev.coatcheck.state.flags;

import dev.coatcheck.state.BackingServiceException;
import java.util.Map;
import java.util.Optional;

/**
 * What an adapter of {@link Flags} does: it keeps texts by names, counts changes, and tells of them. An application uses
 * {@link Flags}.
 *
 * <p>Guarantees: a change is one atomic step, and gives the whole a version that is greater than all before it, also where
 * the store has lost what it knew. Reading gives one state of the whole. Each method is one round trip, and throws
 * {@link BackingServiceException} where the store cannot be reached or does not answer in time. Thread-safe.
 */
public interface FlagStore {

    /**
     * Reads all flags, unless they are known.
     *
     * @param knownVersion nothing is read where the version is this one
     */
    Optional<Stored> read(long knownVersion);

    /** Adds or replaces a flag. */
    void put(String name, String text);

    /** Removes a flag; one that is not there may count as a change too. */
    void remove(String name);

    /**
     * Tells of changes from now on, by this process and others, soon after; and whenever something may have been missed.
     * A store that cannot be reached is no reason to fail: it begins when it can.
     *
     * @param changed is quick, and may be told more often than something changes
     * @return ends it
     */
    Listening listen(Runnable changed);

    /** Hears of changes. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * All that is stored.
     *
     * @param version 0 where nothing was ever stored
     */
    record Stored(long version, Map<String, String> texts) {
        public Stored {
            texts = Map.copyOf(texts);
        }
    }
}
