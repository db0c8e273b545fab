package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Optional;

/** A cookie that holds the id of a session in a store. It changes only where the id does. */
record StoredTicket(Sessions sessions, Optional<SessionId> requested) implements Ticket {
    static StoredTicket of(Sessions sessions, Optional<String> cookie) {
        return new StoredTicket(sessions, cookie.flatMap(SessionId::parse));
    }

    @Override
    public String text(SessionId id) {
        return id.text();
    }

    @Override
    public boolean isTheSession() {
        return false;
    }

    @Override
    public boolean isOutdated() {
        return false;
    }

    @Override
    public void sent() {}
}
