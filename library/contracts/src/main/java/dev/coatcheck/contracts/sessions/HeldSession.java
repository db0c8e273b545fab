package dev.coatcheck.contracts.sessions;

import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A session as {@link InMemorySessions} keeps it; every change makes another. */
record HeldSession(
        String secretHash,
        Optional<String> user,
        Optional<String> label,
        Instant createdAt,
        Instant lastSeenAt,
        Duration idleTimeout,
        long writes,
        Map<String, Attribute> attributes,
        Optional<Previous> previous) {

    /** What the id from before a rotation shows, until a moment. */
    record Previous(HeldSession session, Instant until) {
        Session shownTo(SessionId id, SessionSettings settings) {
            var end = session.expiresAt(settings);
            return new Session(
                    id,
                    session.user,
                    session.createdAt,
                    session.lastSeenAt,
                    until.isBefore(end) ? until : end,
                    session.idleTimeout,
                    session.attributes,
                    true);
        }
    }

    static HeldSession created(SessionId id, Instant now, SessionSettings settings) {
        return new HeldSession(
                id.secretHash(),
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                settings.idleTimeout(),
                0,
                Map.of(),
                Optional.empty());
    }

    boolean openedBy(SessionId id) {
        return secretHash.equals(id.secretHash());
    }

    boolean belongsTo(String someone) {
        return user.filter(someone::equals).isPresent();
    }

    Instant expiresAt(SessionSettings settings) {
        var idle = lastSeenAt.plus(idleTimeout);
        var absolute = createdAt.plus(settings.absoluteTimeout());
        return idle.isBefore(absolute) ? idle : absolute;
    }

    HeldSession touchIfDue(Instant now) {
        return Duration.between(lastSeenAt, now).compareTo(idleTimeout.dividedBy(10)) < 0
                ? this
                : changed(Changes.none(), now);
    }

    HeldSession changed(Changes changes, Instant now) {
        long version = writes + 1;
        var changed = new HashMap<>(attributes);
        changes.attributes()
                .forEach((name, change) -> change.json()
                        .ifPresentOrElse(
                                json -> changed.put(name, new Attribute(json, version)), () -> changed.remove(name)));
        return new HeldSession(
                secretHash,
                changes.user().or(() -> user),
                changes.label().or(() -> label),
                createdAt,
                now,
                changes.idleTimeout().orElse(idleTimeout),
                version,
                Map.copyOf(changed),
                previous);
    }

    /** This session, opened by another secret from now on, while the old one shows another for a while. */
    HeldSession opening(SessionId id, Previous superseded) {
        return new HeldSession(
                id.secretHash(),
                user,
                label,
                createdAt,
                lastSeenAt,
                idleTimeout,
                writes,
                attributes,
                Optional.of(superseded));
    }

    /** This session without what it showed before an earlier rotation. */
    HeldSession alone() {
        return new HeldSession(
                secretHash, user, label, createdAt, lastSeenAt, idleTimeout, writes, attributes, Optional.empty());
    }

    Session shownTo(SessionId id, SessionSettings settings) {
        return new Session(id, user, createdAt, lastSeenAt, expiresAt(settings), idleTimeout, attributes, false);
    }

    Device asDevice(String handle, SessionSettings settings) {
        return new Device(handle, label, createdAt, lastSeenAt, expiresAt(settings));
    }
}
