package dev.coatcheck.state.cache;

import java.util.Optional;

/** What a cache has for who asks. Most callers need no more than its {@link #value()}. */
public sealed interface Answer {

    /** What the loader found, now or before: empty where it found nothing. */
    Optional<String> value();

    /** It was kept, and its time to live is not over. */
    record Hit(Optional<String> value) implements Answer {}

    /** It was kept, and its time to live is over: it is being loaded anew, or that has failed for now. */
    record Stale(Optional<String> value) implements Answer {}

    /**
     * It was loaded, by this caller or by one in this process with whom it waited.
     *
     * @param kept whether the next one who asks may be given it. It was not kept where it is too large, where it was
     *     invalidated while it was loaded, or where the store cannot be reached
     */
    record Loaded(Optional<String> value, boolean kept) implements Answer {}
}
