package dev.coatcheck.state.cache;

/**
 * What an adapter of {@link Cache} promises beyond the guarantees that all have. An adapter
 * {@linkplain CacheStore#capabilities() declares} its capabilities, and the contract kit tests exactly those.
 */
public enum CacheCapability {
    /**
     * The store tells every process at once of what was invalidated, and who waits for a load of its end. Without it there
     * is no {@linkplain NearSettings near cache}, and who waits asks again every now and then.
     */
    PUSH,

    /** A value may be as large as {@link CacheSettings#MOST_BYTES}. Without it, what is too large for the store is not kept. */
    ROOM
}
