package dev.coatcheck.state.cache;

/**
 * A {@link Loader} or {@link BulkLoader} failed, and nothing older could be served. The cause is what it threw. All callers in a process that
 * waited for one load are told of its failure, each in an exception of its own.
 */
public final class LoadFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String cache;
    private final String key;

    LoadFailedException(EntryKey key, Throwable cause) {
        super("Could not load what the cache \"%s\" was asked for: %s".formatted(key.cache(), cause), cause);
        this.cache = key.cache();
        this.key = key.key();
    }

    /** The same failure, for another who waited for an entry of the same load. */
    LoadFailedException of(EntryKey waitedFor) {
        return new LoadFailedException(waitedFor, getCause() == null ? this : getCause());
    }

    /** The name of the cache. */
    public String cache() {
        return cache;
    }

    /**
     * What was to be loaded, or one of it where that was several; not in the message, since it may be somebody's business
     * only.
     */
    public String key() {
        return key;
    }
}
