package dev.coatcheck.contracts.sessions;

import dev.coatcheck.contracts.sessions.HeldSession.Previous;
import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Changes.AttributeChange;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
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
    private final Map<String, HeldSession> held = new HashMap<>();

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
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (session.openedBy(id)) {
            var seen = session.touchIfDue(now);
            held.put(id.handle(), seen);
            return Optional.of(seen.shownTo(id, settings));
        }
        return session.previous()
                .filter(previous -> previous.session().openedBy(id) && now.isBefore(previous.until()))
                .map(previous -> previous.shownTo(id, settings));
    }

    @Override
    public synchronized SaveResult create(SessionId id, Changes changes) {
        var existing = live().get(id.handle());
        if (existing != null) {
            if (!existing.openedBy(id)) {
                throw new IllegalArgumentException("a new session needs a fresh id, and " + id + " is taken");
            }
            return new Saved(id);
        }
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return store(id, HeldSession.created(id, now, settings).changed(changes, now));
    }

    @Override
    public synchronized SaveResult save(SessionId id, Changes changes) {
        var session = live().get(id.handle());
        if (session == null || !session.openedBy(id)) {
            return new Gone();
        }
        var conflicts = new HashMap<String, Optional<Attribute>>();
        changes.attributes().forEach((name, change) -> {
            var current = Optional.ofNullable(session.attributes().get(name));
            if (inConflict(change, current)) {
                conflicts.put(name, current);
            }
        });
        if (!conflicts.isEmpty()) {
            return new Conflict(conflicts);
        }
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var changed = session.changed(changes, now);
        if (!changes.rotates()) {
            return store(id, changed);
        }
        var rotated = id.rotated();
        return store(
                rotated, changed.opening(rotated, new Previous(session.alone(), now.plus(settings.rotationGrace()))));
    }

    @Override
    public synchronized void destroy(SessionId id) {
        held.computeIfPresent(id.handle(), (handle, session) -> session.openedBy(id) ? null : session);
    }

    @Override
    public synchronized List<Device> devices(String user) {
        return live().entrySet().stream()
                .filter(entry -> entry.getValue().belongsTo(user))
                .map(entry -> entry.getValue().asDevice(entry.getKey(), settings))
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

    private SaveResult store(SessionId id, HeldSession session) {
        long bytes = session.attributes().entrySet().stream()
                .mapToLong(
                        entry -> bytes(entry.getKey()) + bytes(entry.getValue().json()))
                .sum();
        if (bytes > settings.maxBytes()) {
            return new TooLarge(bytes, settings.maxBytes());
        }
        held.put(id.handle(), session);
        return new Saved(id);
    }

    private Map<String, HeldSession> live() {
        var now = clock.instant();
        held.values().removeIf(session -> !now.isBefore(session.expiresAt(settings)));
        return held;
    }

    private static boolean inConflict(AttributeChange change, Optional<Attribute> current) {
        return change.onlyIfVersion().isPresent()
                && change.onlyIfVersion().getAsLong()
                        != current.map(Attribute::version).orElse(0L);
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
