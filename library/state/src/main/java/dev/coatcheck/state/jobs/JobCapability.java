package dev.coatcheck.state.jobs;

/**
 * What an adapter of {@link Jobs} promises beyond the guarantees that all have. An adapter
 * {@linkplain Jobs#capabilities() declares} its capabilities.
 */
public enum JobCapability {
    /**
     * A job is enqueued, and completed, in the caller's own transaction, together with what it is about: both or neither.
     * Such an adapter has methods of its own for that, which take the caller's connection.
     */
    TRANSACTIONS
}
