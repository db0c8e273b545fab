package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionId;

/**
 * What {@code HttpSession.getId()} returns: it names the session, changes when the session's id changes, and opens
 * nothing, since applications log it. The handle, and a few characters of the secret's hash.
 */
final class PublicId {
    private static final int HASH_CHARACTERS = 10;

    private PublicId() {}

    static String of(SessionId id) {
        return id.handle() + "." + id.secretHash().substring(0, HASH_CHARACTERS);
    }
}
