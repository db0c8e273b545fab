package dev.coatcheck.state.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A session as the store had it at one moment. Immutable and thread-safe; changing it means
 * {@linkplain Sessions#save saving} {@link Changes}.
 *
 * @param id what it was found by
 * @param user whose it is, once somebody has logged in
 * @param createdAt when it was created, by the store's clock
 * @param lastSeenAt when its expiry was last moved; not moved at every read, so up to a tenth of the idle time-out old
 * @param expiresAt when it ends if nobody reads it again: the idle or the absolute time-out, whichever is first; of a
 *     superseded one, when its id ends
 * @param idleTimeout how long it lives without being read
 * @param attributes by name
 * @param superseded whether it was found by the id that it had before a rotation: it then shows what it held before,
 *     and no longer takes changes
 */
public record Session(
        SessionId id,
        Optional<String> user,
        Instant createdAt,
        Instant lastSeenAt,
        Instant expiresAt,
        Duration idleTimeout,
        Map<String, Attribute> attributes,
        boolean superseded) {

    public Session {
        attributes = Map.copyOf(attributes);
    }
}
