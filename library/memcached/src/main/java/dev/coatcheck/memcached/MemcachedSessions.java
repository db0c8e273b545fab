package dev.coatcheck.memcached;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.sessions.WholeSession;
import dev.coatcheck.state.sessions.WholeSession.Parsed;
import dev.coatcheck.state.sessions.WholeSession.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Sessions on Memcached, each one item, written only by who has read it as it is now (compare-and-swap).
 *
 * <p>Cost: {@code find} and {@code create} are one round trip; {@code save} and {@code destroy} are two, and two more for
 * each time that somebody else wrote the session in between. A {@code find} that moves the session's end (once in a tenth
 * of its idle time-out) sends one more request that nobody waits for.
 *
 * <p>The end of a session is written in it. The server's own expiry is set a little later and only makes room.
 */
final class MemcachedSessions implements Sessions {
    private static final Set<SessionCapability> CAPABILITIES = Collections.unmodifiableSet(
            EnumSet.complementOf(EnumSet.of(SessionCapability.DEVICES, SessionCapability.KEEPING)));
    private static final int ATTEMPTS = 100;
    private static final int POLITE_ATTEMPTS = 20;
    private static final long TIDY_UP_SECONDS = 3;
    private static final long LONGEST_RELATIVE = Duration.ofDays(30).toSeconds();

    private final Connection connection;
    private final Items items;
    private final String prefix;
    private final SessionSettings settings;

    private record Stored(Parsed parsed, long unique) {}

    MemcachedSessions(Connection connection, String prefix, SessionSettings settings) {
        this.connection = connection;
        this.items = new Items(connection);
        this.prefix = prefix + "session:";
        this.settings = settings;
    }

    @Override
    public Set<SessionCapability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Optional<Session> find(SessionId id) {
        var attempt = "read session";
        var stored = read(attempt, id);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        var session = known(attempt, stored.get());
        var now = connection.now();
        if (session.hasEnded(now) || !session.isOpenedBy(id)) {
            return session.shownTo(id, now);
        }
        var seen = session.seenAt(now);
        if (!seen.equals(session)) {
            connection.tell(Request.replace(
                    key(id), expiry(seen, now), seen.toBytes(), stored.get().unique()));
        }
        return seen.shownTo(id, now);
    }

    @Override
    public SaveResult create(SessionId id, Changes changes) {
        var attempt = "create session";
        return repeat(attempt, () -> {
            var now = connection.now();
            var written = WholeSession.begin(id, changes, now, settings);
            if (!(written.result() instanceof Saved)) {
                return Optional.of(written.result());
            }
            var session = written.session();
            if (items.isStored(attempt, Request.add(key(id), expiry(session, now), session.toBytes()))) {
                return Optional.of(written.result());
            }
            return read(attempt, id).map(stored -> {
                if (!known(attempt, stored).isOpenedBy(id)) {
                    throw new IllegalArgumentException("a new session needs a fresh id, and " + id + " is taken");
                }
                return written.result(); // sent again after its answer was lost
            });
        });
    }

    @Override
    public SaveResult save(SessionId id, Changes changes) {
        var attempt = "save session";
        return repeat(attempt, () -> {
            var stored = read(attempt, id);
            if (stored.isEmpty()) {
                return Optional.of(new Gone());
            }
            var now = connection.now();
            Written written = known(attempt, stored.get()).write(id, changes, now, settings);
            if (!(written.result() instanceof Saved)) {
                return Optional.of(written.result());
            }
            var session = written.session();
            var request = Request.replace(
                    key(id),
                    expiry(session, now),
                    session.toBytes(),
                    stored.get().unique());
            return items.isStored(attempt, request) ? Optional.of(written.result()) : Optional.empty();
        });
    }

    @Override
    public void destroy(SessionId id) {
        var attempt = "destroy session";
        for (int tried = 0; ; tried++) {
            var stored = read(attempt, id);
            if (stored.isEmpty() || !secretHash(attempt, stored.get()).equals(id.secretHash())) {
                return;
            }
            // Only as it was read: it may have been rotated since, and this id ends it no more. But a log-out that
            // writers
            // overtake time and again must come to an end, and theirs is the session that it ends.
            if (tried >= POLITE_ATTEMPTS) {
                items.delete(attempt, key(id));
                return;
            }
            if (items.isStored(
                    attempt, Request.deleteIfUnchanged(key(id), stored.get().unique()))) {
                return;
            }
        }
    }

    @Override
    public List<Device> devices(String user) {
        throw noIndex();
    }

    @Override
    public boolean revoke(String user, String handle) {
        throw noIndex();
    }

    @Override
    public int revokeAll(String user) {
        throw noIndex();
    }

    private static UnsupportedOperationException noIndex() {
        return new UnsupportedOperationException(
                "Memcached keeps no list of a user's sessions, since it may evict it at any time:"
                        + " keep sessions on Redis or PostgreSQL to list and revoke them");
    }

    /** Begins again, from what is there now, each time that somebody else came first. */
    private SaveResult repeat(String attempt, Supplier<Optional<SaveResult>> action) {
        for (int tried = 0; tried < ATTEMPTS; tried++) {
            var result = action.get();
            if (result.isPresent()) {
                return result.get();
            }
        }
        throw connection.failure(
                attempt, new IllegalStateException("others wrote it in between " + ATTEMPTS + " times in a row"));
    }

    private Optional<Stored> read(String attempt, SessionId id) {
        return items.read(attempt, key(id))
                .map(item -> new Stored(WholeSession.parse(item.value().array()), item.unique()));
    }

    private WholeSession known(String attempt, Stored stored) {
        return switch (stored.parsed) {
            case Parsed.Known(var session) -> session;
            case Parsed.Newer newer ->
                throw connection.failure(
                        attempt,
                        new IllegalStateException(
                                "a newer release wrote the session in a format that this one does not read"));
            case Parsed.Damaged damaged -> throw damaged(attempt);
        };
    }

    private String secretHash(String attempt, Stored stored) {
        return switch (stored.parsed) {
            case Parsed.Known(var session) -> session.secretHash();
            case Parsed.Newer(String secretHash) -> secretHash;
            case Parsed.Damaged damaged -> throw damaged(attempt);
        };
    }

    private RuntimeException damaged(String attempt) {
        return connection.failure(
                attempt,
                new IllegalStateException(
                        "what the key holds is no session: does another application write keys with this prefix?"));
    }

    private String key(SessionId id) {
        return prefix + id.handle();
    }

    /**
     * When the server may drop the item: in so many seconds, or at a moment where that is further away than the protocol
     * can say, or never where it is beyond what the protocol's moments reach.
     */
    static long expiry(WholeSession session, Instant now) {
        long seconds = Duration.between(now, session.expiresAt()).toSeconds() + TIDY_UP_SECONDS;
        if (seconds <= LONGEST_RELATIVE) {
            return seconds;
        }
        long moment = now.getEpochSecond() + seconds;
        return moment <= Integer.MAX_VALUE ? moment : 0;
    }
}
