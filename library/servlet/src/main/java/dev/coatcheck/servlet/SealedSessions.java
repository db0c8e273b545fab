package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.sessions.WholeSession;
import dev.coatcheck.state.sessions.WholeSession.Written;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sessions that the visitor carries: each a sealed text in a {@link Jar} of cookies, and the port's store is that jar.
 *
 * <p>It promises none of the {@linkplain SessionCapability capabilities}, since nobody but the visitor knows which text is
 * the latest. No round trips. The time is this process's.
 */
final class SealedSessions implements Sessions {
    /** What browsers take of a cookie in all, less what its attributes need. */
    static final int LONGEST_COOKIE = 4_096 - 64;

    static final Set<SessionCapability> CAPABILITIES = Set.of();

    private final Seal seal;
    private final String cookie;
    private final Jar jar;
    private final SessionSettings settings;
    private final InstantSource clock;

    /** Where sealed texts are: by a session's handle, of which a request's cookie is at most one. */
    interface Jar {
        Optional<String> get(String handle);

        void put(String handle, String text);

        void remove(String handle);
    }

    /** @param cookie the name of the cookie that the texts are for */
    SealedSessions(Seal seal, String cookie, Jar jar, SessionSettings settings, InstantSource clock) {
        this.seal = seal;
        this.cookie = cookie;
        this.jar = jar;
        // The old text opens what it holds until its time-outs, whatever is said here.
        this.settings = settings.withRotationGrace(Duration.ZERO);
        this.clock = clock;
    }

    @Override
    public Set<SessionCapability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Optional<Session> find(SessionId id) {
        var now = clock.instant();
        return held(id).filter(session -> !session.hasEnded(now)).flatMap(session -> {
            var seen = session.seenAt(now);
            if (!seen.equals(session)) {
                jar.put(id.handle(), sealed(id, seen));
            }
            return seen.shownTo(id, now);
        });
    }

    @Override
    public SaveResult create(SessionId id, Changes changes) {
        if (held(id).isPresent()) {
            return new Saved(id);
        }
        return put(WholeSession.begin(id, changes, clock.instant(), settings));
    }

    @Override
    public SaveResult save(SessionId id, Changes changes) {
        return held(id).map(session -> put(session.write(id, changes, clock.instant(), settings)))
                .orElseGet(Gone::new);
    }

    /** Makes the visitor forget it, who may have kept a copy. */
    @Override
    public void destroy(SessionId id) {
        if (held(id).isPresent()) {
            jar.remove(id.handle());
        }
    }

    @Override
    public List<Device> devices(String user) {
        throw noList();
    }

    @Override
    public boolean revoke(String user, String handle) {
        throw noList();
    }

    @Override
    public int revokeAll(String user) {
        throw noList();
    }

    private static UnsupportedOperationException noList() {
        return new UnsupportedOperationException("sessions in sealed cookies are known to nobody but their visitors:"
                + " keep sessions on Redis or PostgreSQL to list and revoke them");
    }

    private SaveResult put(Written written) {
        if (!(written.result() instanceof Saved(var id))) {
            return written.result();
        }
        var text = sealed(id, written.session());
        int over = cookie.length() + 1 + text.length() - LONGEST_COOKIE;
        if (over > 0) {
            long bytes = written.session().bytes();
            return new TooLarge(bytes, Math.max(0, bytes - (over * 3L + 3) / 4)); // four characters hold three bytes
        }
        jar.put(id.handle(), text);
        return written.result();
    }

    private Optional<WholeSession> held(SessionId id) {
        return jar.get(id.handle())
                .flatMap(text -> open(seal, cookie, text))
                .filter(content -> content.id().equals(id))
                .map(SealedContent::session);
    }

    private String sealed(SessionId id, WholeSession session) {
        return seal.close(cookie, new SealedContent(id, session).toBytes());
    }

    /** Which session a text holds, if any: what a request has in place of an id. */
    static Optional<SessionId> idIn(Seal seal, String cookie, String text) {
        return open(seal, cookie, text).map(SealedContent::id);
    }

    private static Optional<SealedContent> open(Seal seal, String cookie, String text) {
        return text.length() > LONGEST_COOKIE
                ? Optional.empty()
                : seal.open(cookie, text).flatMap(SealedContent::parse);
    }
}
