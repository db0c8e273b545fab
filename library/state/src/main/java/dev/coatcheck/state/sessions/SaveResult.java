package dev.coatcheck.state.sessions;

import java.util.Map;
import java.util.Optional;

/** What came of {@linkplain Sessions#save saving} changes. Only {@link Saved} changed anything. */
public sealed interface SaveResult {

    /**
     * The store holds the changes.
     *
     * @param id the session's id from now on: a new one where the changes rotated it
     */
    record Saved(SessionId id) implements SaveResult {}

    /** The session has ended (destroyed, revoked, expired or rotated away from this id). It stays ended. */
    record Gone() implements SaveResult {}

    /**
     * Somebody else wrote an attribute that was to be written only if unchanged.
     *
     * @param current what those attributes hold now, by name; empty where one was removed
     */
    record Conflict(Map<String, Optional<Attribute>> current) implements SaveResult {
        public Conflict {
            current = Map.copyOf(current);
        }
    }

    /**
     * The session would hold more than {@link SessionSettings#maxBytes()}.
     *
     * @param bytes what it would have held: names and values of all attributes, in UTF-8
     * @param maxBytes what it may hold
     */
    record TooLarge(long bytes, long maxBytes) implements SaveResult {}
}
