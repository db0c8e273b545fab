package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.InstantSource;
import java.util.Optional;

/** A cookie that holds the session itself, sealed. Opened when somebody asks for it. */
final class SealedTicket implements Ticket, SealedSessions.Jar {
    private final Seal seal;
    private final String cookie;
    private final SealedSessions sessions;
    private Optional<String> text;
    private boolean outdated;
    private boolean opened;
    private Optional<SessionId> requested = Optional.empty();

    SealedTicket(Seal seal, String cookie, Optional<String> text, SessionSettings settings, InstantSource clock) {
        this.seal = seal;
        this.cookie = cookie;
        this.text = text;
        this.sessions = new SealedSessions(seal, cookie, this, settings, clock);
    }

    @Override
    public Optional<SessionId> requested() {
        if (!opened) {
            opened = true;
            requested = text.flatMap(sent -> SealedSessions.idIn(seal, cookie, sent));
        }
        return requested;
    }

    @Override
    public Sessions sessions() {
        return sessions;
    }

    @Override
    public String text(SessionId id) {
        return text.orElseThrow();
    }

    @Override
    public boolean isTheSession() {
        return true;
    }

    @Override
    public boolean isOutdated() {
        return outdated;
    }

    @Override
    public void sent() {
        outdated = false;
    }

    @Override
    public Optional<String> get(String handle) {
        return text;
    }

    @Override
    public void put(String handle, String newText) {
        text = Optional.of(newText);
        outdated = true;
    }

    @Override
    public void remove(String handle) {
        text = Optional.empty();
        outdated = true;
    }
}
