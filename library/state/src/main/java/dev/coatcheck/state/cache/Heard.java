package dev.coatcheck.state.cache;

/**
 * Who is told by a store of what happens. Called one at a time, in the order of what happened, on a thread of the
 * adapter's: so quickly.
 */
public interface Heard {

    /** An entry was invalidated. */
    void changed(EntryKey key);

    /** All entries with a tag were invalidated. */
    void tagChanged(String cache, String tag);

    /** What this process had itself {@linkplain CacheStore#beat told}. */
    void beat(String beat);

    /** Anything may have been missed: the connection was made anew. */
    void gap();
}
