package dev.coatcheck.state.cache;

/**
 * Where an entry lies.
 *
 * @param cache the {@linkplain CacheSettings#name() name} of the cache, which has no colon
 * @param key what the application calls it
 */
public record EntryKey(String cache, String key) {

    /** Both in one, which no other pair gives. */
    public String text() {
        return cache + ":" + key;
    }

    /** Of what {@link #text()} gave. */
    static EntryKey parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a name and a key have a colon between them");
        }
        return new EntryKey(text.substring(0, colon), text.substring(colon + 1));
    }
}
