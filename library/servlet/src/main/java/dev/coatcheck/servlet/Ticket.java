package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Optional;

/** What one request's cookie is worth: where its session is, and what the visitor is to hold for it. */
interface Ticket {

    /** The session that the visitor claims, whether or not it is there. */
    Optional<SessionId> requested();

    Sessions sessions();

    /** What the cookie holds for a session that was saved. */
    String text(SessionId id);

    /** Whether the visitor carries the session itself, so that what changes after the last header can't be saved. */
    boolean isTheSession();

    /** Whether the visitor holds something else than they should. */
    boolean isOutdated();

    /** Notes that the visitor is being sent what they should hold. */
    void sent();
}
