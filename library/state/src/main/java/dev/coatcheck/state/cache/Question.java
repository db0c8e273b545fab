package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.List;

/**
 * What a store is asked.
 *
 * @param tags sorted, without repetitions
 * @param token for the load, should the caller be given it, and for whatever else needs a value that nobody else has:
 *     letters and digits
 * @param lease how long the right to load lasts unless it is renewed
 * @param early an entry is due for a load as many times its {@linkplain StoredEntry#loadTime() load time} before its time
 *     to live is over; not negative
 * @param waiting whether who asks will wait for the end of another's load, and is to be told of it
 */
public record Question(EntryKey key, List<String> tags, String token, Duration lease, double early, boolean waiting) {

    /** The right that may be granted. */
    public Load load() {
        return new Load(key, token);
    }

    /** A version for the tag at this index that nobody has used for any tag. */
    public String newVersion(int tag) {
        return token + "." + tag;
    }
}
