package dev.coatcheck.contracts.sessions;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.sessions.WholeSession;
import dev.coatcheck.state.sessions.WholeSession.Written;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. It passes the same contract as every adapter and shares nothing with another process, so it has no place in
 * production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemorySessions implements Sessions {
    private final SessionSettings settings;
    private final InstantSource clock;
    private final Map<String, WholeSession> held = new HashMap<>();

    public InMemorySessions(SessionSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public synchronized Optional<Session> find(SessionId id) {
        var session = live().get(id.handle());
        if (session == null) {
            return Optional.empty();
        }
        var now = clock.instant();
        if (session.isOpenedBy(id)) {
            session = session.seenAt(now);
            held.put(id.handle(), session);
        }
        return session.shownTo(id, now);
    }

    @Override
    public synchronized SaveResult create(SessionId id, Changes changes) {
        var existing = live().get(id.handle());
        if (existing == null) {
            return store(id, WholeSession.begin(id, changes, clock.instant(), settings));
        }
        if (!existing.isOpenedBy(id)) {
            throw new IllegalArgumentException("a new session needs a fresh id, and " + id + " is taken");
        }
        return new Saved(id);
    }

    @Override
    public synchronized SaveResult save(SessionId id, Changes changes) {
        var session = live().get(id.handle());
        return session == null ? new Gone() : store(id, session.write(id, changes, clock.instant(), settings));
    }

    @Override
    public synchronized void destroy(SessionId id) {
        held.computeIfPresent(id.handle(), (handle, session) -> session.isOpenedBy(id) ? null : session);
    }

    @Override
    public synchronized List<Device> devices(String user) {
        return live().entrySet().stream()
                .filter(entry -> entry.getValue().belongsTo(user))
                .map(entry -> entry.getValue().toDevice(entry.getKey()))
                .sorted(Comparator.comparing(Device::createdAt).reversed())
                .toList();
    }

    @Override
    public synchronized boolean revoke(String user, String handle) {
        return live().entrySet()
                .removeIf(entry ->
                        entry.getKey().equals(handle) && entry.getValue().belongsTo(user));
    }

    @Override
    public synchronized int revokeAll(String user) {
        int before = live().size();
        held.values().removeIf(session -> session.belongsTo(user));
        return before - held.size();
    }

    /** Everything it holds. */
    @Override
    public synchronized String toString() {
        return held.toString();
    }

    private SaveResult store(SessionId id, Written written) {
        if (written.result() instanceof Saved) {
            held.put(id.handle(), written.session());
        }
        return written.result();
    }

    private Map<String, WholeSession> live() {
        var now = clock.instant();
        held.values().removeIf(session -> session.hasEnded(now));
        return held;
    }
}
