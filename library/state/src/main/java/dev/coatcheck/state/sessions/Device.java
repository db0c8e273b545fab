package dev.coatcheck.state.sessions;

import java.time.Instant;
import java.util.Optional;

/**
 * One of a user's sessions, as a page "where you are logged in" shows it. It opens nothing.
 *
 * @param handle names the session to {@link Sessions#revoke}; equal to {@link SessionId#handle()}
 * @param label what {@link Changes#label} said, where it did
 * @param createdAt when the session was created
 * @param lastSeenAt when its expiry was last moved
 * @param expiresAt when it ends if nobody reads it again
 */
public record Device(String handle, Optional<String> label, Instant createdAt, Instant lastSeenAt, Instant expiresAt) {}
