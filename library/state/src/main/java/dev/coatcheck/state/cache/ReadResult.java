package dev.coatcheck.state.cache;

import java.time.Duration;

/** What a {@link CacheStore} says to who reads. */
public sealed interface ReadResult {

    /** Here it is, and there is nothing to do. */
    record Fresh(StoredEntry entry) implements ReadResult {}

    /** Its time to live is over, and somebody else is to load it anew. */
    record Stale(StoredEntry entry) implements ReadResult {}

    /** Its time to live is over or will be soon: the caller is to load it anew. */
    record Due(StoredEntry entry) implements ReadResult {}

    /** There is nothing: the caller is to load it. */
    record Missing() implements ReadResult {}

    /**
     * There is nothing, and somebody else is loading it.
     *
     * @param token of that load
     * @param endsIn when that load's lease ends unless it is renewed; not negative
     */
    record Busy(String token, Duration endsIn) implements ReadResult {}

    /**
     * Nothing is known of it that may be served, and nobody is given the right to load it, since the part of the store where
     * it lies is full or away: the caller is to load it, and nothing will be kept.
     *
     * @param reason for the log
     * @param isFull whether the store said that it has no room, rather than nothing
     */
    record Unavailable(String reason, boolean isFull) implements ReadResult {}
}
