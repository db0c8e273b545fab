package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.Sessions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** What all the requests of one filter have in common. */
record SessionBacking(
        Sessions sessions,
        SessionJson json,
        UnreadableAttributes unreadable,
        SessionCookies cookies,
        SessionEvents events,
        Optional<Duration> idleTimeout,
        InstantSource clock) {

    static SessionBacking of(Sessions sessions, SessionFilterSettings settings) {
        return new SessionBacking(
                sessions,
                new SessionJson(settings.types()),
                new UnreadableAttributes(),
                new SessionCookies(settings.cookie(), settings.trustForwardedProto()),
                new SessionEvents(settings.listeners()),
                settings.idleTimeout(),
                InstantSource.system());
    }
}
