package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** What all the requests of one filter have in common. */
record SessionBacking(
        Set<SessionCapability> capabilities,
        Tickets tickets,
        SessionJson json,
        UnreadableAttributes unreadable,
        SessionCookies cookies,
        SessionEvents events,
        Optional<Duration> idleTimeout,
        InstantSource clock) {

    /** Reads the ticket of a request. */
    interface Tickets {
        Ticket of(HttpServletRequest request, SessionCookies cookies);
    }

    /** Sessions in a store. */
    static SessionBacking of(Sessions sessions, SessionFilterSettings settings) {
        return of(
                sessions.capabilities(),
                (request, cookies) -> StoredTicket.of(sessions, cookies.read(request)),
                settings);
    }

    /** Sessions that their visitors carry. */
    static SessionBacking sealed(
            SealingKeys keys, SessionSettings sessions, SessionFilterSettings settings, InstantSource clock) {
        var seal = new Seal(keys);
        return of(
                SealedSessions.CAPABILITIES,
                (request, cookies) ->
                        new SealedTicket(seal, cookies.name(request), cookies.read(request), sessions, clock),
                settings);
    }

    private static SessionBacking of(
            Set<SessionCapability> capabilities, Tickets tickets, SessionFilterSettings settings) {
        return new SessionBacking(
                capabilities,
                tickets,
                new SessionJson(settings.types(), settings.forms()),
                new UnreadableAttributes(),
                new SessionCookies(settings.cookie(), settings.trustForwardedProto()),
                new SessionEvents(settings.listeners()),
                settings.idleTimeout(),
                InstantSource.system());
    }

    Ticket ticket(HttpServletRequest request) {
        return tickets.of(request, cookies);
    }
}
