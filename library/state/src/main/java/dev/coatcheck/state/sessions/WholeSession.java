package dev.coatcheck.state.sessions;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.sessions.Changes.AttributeChange;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A session as one value, for adapters whose store takes it and gives it only as a whole: what it holds, what changes
 * make of it, and {@linkplain #toBytes() its bytes}. Applications have no use for it.
 *
 * <p>Immutable and thread-safe; each change makes another. Times are given, so whose clock counts is the adapter's
 * choice; they are kept to the millisecond.
 *
 * <pre>{@code
 * var written = session.write(id, changes, now, settings);
 * if (written.result() instanceof Saved) {
 *     store.replaceIfUnchanged(key, written.session().toBytes());
 * }
 * }</pre>
 *
 * @param secretHash of the id that opens it
 * @param absoluteEnd when it ends however often it is read
 * @param writes how often it was written, the source of versions
 * @param prior what the id before the last rotation shows, where there was one
 */
public record WholeSession(
        String secretHash,
        Optional<String> user,
        Optional<String> label,
        Instant createdAt,
        Instant lastSeenAt,
        Duration idleTimeout,
        Instant absoluteEnd,
        long writes,
        Map<String, Attribute> attributes,
        Optional<Prior> prior) {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /**
     * What a session showed before its rotation.
     *
     * @param until when the old id ends
     */
    public record Prior(
            String secretHash,
            Optional<String> user,
            Instant lastSeenAt,
            Duration idleTimeout,
            Map<String, Attribute> attributes,
            Instant until) {

        public Prior {
            attributes = Map.copyOf(attributes);
        }
    }

    /**
     * What came of changes.
     *
     * @param session as it is from now on, to be stored where the result is {@link Saved}
     */
    public record Written(SaveResult result, WholeSession session) {}

    /** What stored bytes turn out to be. */
    public sealed interface Parsed {

        /** A session of a format that this release knows. */
        record Known(WholeSession session) implements Parsed {}

        /**
         * A session that a newer release wrote, of which this one knows no more than what opens it, so that it can be
         * ended.
         */
        record Newer(String secretHash) implements Parsed {}

        /** No session. */
        record Damaged() implements Parsed {}
    }

    public WholeSession {
        attributes = Map.copyOf(attributes);
    }

    /** A new session; {@link Changes#rotate()} and versions mean nothing here. */
    public static Written begin(SessionId id, Changes changes, Instant now, SessionSettings settings) {
        var begun = now.truncatedTo(ChronoUnit.MILLIS);
        var empty = new WholeSession(
                id.secretHash(),
                Optional.empty(),
                Optional.empty(),
                begun,
                begun,
                bounded(settings.idleTimeout()),
                begun.plus(bounded(settings.absoluteTimeout())),
                0,
                Map.of(),
                Optional.empty());
        return empty.fitted(empty.changed(changes, begun), id, settings);
    }

    /** Reads what {@link #toBytes()} wrote, in this release or an older one. */
    public static Parsed parse(byte[] bytes) {
        return SessionFormat.read(bytes);
    }

    /** These bytes begin with the number of their format, so that two releases can share a store. */
    public byte[] toBytes() {
        return SessionFormat.write(this);
    }

    public boolean isOpenedBy(SessionId id) {
        return secretHash.equals(id.secretHash());
    }

    public boolean belongsTo(String someone) {
        return user.filter(someone::equals).isPresent();
    }

    public Instant expiresAt() {
        return earlier(lastSeenAt.plus(idleTimeout), absoluteEnd);
    }

    public boolean hasEnded(Instant now) {
        return !now.isBefore(expiresAt());
    }

    /** What an id shows; empty where the session has ended or the id is not its own. */
    public Optional<Session> shownTo(SessionId id, Instant now) {
        if (hasEnded(now)) {
            return Optional.empty();
        }
        if (isOpenedBy(id)) {
            return Optional.of(
                    new Session(id, user, createdAt, lastSeenAt, expiresAt(), idleTimeout, attributes, false));
        }
        return prior.filter(view -> view.secretHash.equals(id.secretHash()) && now.isBefore(view.until))
                .map(view -> new Session(
                        id,
                        view.user,
                        createdAt,
                        view.lastSeenAt,
                        earlier(view.until, expiresAt()),
                        view.idleTimeout,
                        view.attributes,
                        true));
    }

    /** This session as a reader leaves it: the same object, until a tenth of the idle time-out has passed. */
    public WholeSession seenAt(Instant now) {
        return Duration.between(lastSeenAt, now).compareTo(idleTimeout.dividedBy(10)) < 0
                ? this
                : changed(Changes.none(), now);
    }

    /** What {@link Sessions#save} makes of it. */
    public Written write(SessionId id, Changes changes, Instant now, SessionSettings settings) {
        if (hasEnded(now) || !isOpenedBy(id)) {
            return new Written(new Gone(), this);
        }
        var conflicts = conflicts(changes);
        if (!conflicts.isEmpty()) {
            return new Written(new Conflict(conflicts), this);
        }
        var changed = changed(changes, now);
        if (!changes.rotates()) {
            return fitted(changed, id, settings);
        }
        var next = id.rotated();
        return fitted(
                changed.openedBy(next, priorUntil(now.plus(shorter(settings.rotationGrace(), LONGEST)))),
                next,
                settings);
    }

    public Device toDevice(String handle) {
        return new Device(handle, label, createdAt, lastSeenAt, expiresAt());
    }

    /** What the names and values of its attributes add up to, in UTF-8. */
    public long bytes() {
        return attributes.entrySet().stream()
                .mapToLong(entry -> StoredText.utf8Length(entry.getKey())
                        + StoredText.utf8Length(entry.getValue().json()))
                .sum();
    }

    private Written fitted(WholeSession changed, SessionId id, SessionSettings settings) {
        long bytes = changed.bytes();
        return bytes > settings.maxBytes()
                ? new Written(new TooLarge(bytes, settings.maxBytes()), this)
                : new Written(new Saved(id), changed);
    }

    private Map<String, Optional<Attribute>> conflicts(Changes changes) {
        var conflicts = new HashMap<String, Optional<Attribute>>();
        changes.attributes().forEach((name, change) -> {
            var current = Optional.ofNullable(attributes.get(name));
            if (isInConflict(change, current)) {
                conflicts.put(name, current);
            }
        });
        return conflicts;
    }

    private static boolean isInConflict(AttributeChange change, Optional<Attribute> current) {
        return change.onlyIfVersion().isPresent()
                && change.onlyIfVersion().getAsLong()
                        != current.map(Attribute::version).orElse(0L);
    }

    private WholeSession changed(Changes changes, Instant now) {
        long version = writes + 1;
        var changed = new HashMap<>(attributes);
        changes.attributes()
                .forEach((name, change) -> change.json()
                        .ifPresentOrElse(
                                json -> changed.put(name, new Attribute(json, version)), () -> changed.remove(name)));
        var seen = now.truncatedTo(ChronoUnit.MILLIS);
        return new WholeSession(
                secretHash,
                changes.user().or(() -> user),
                changes.label().or(() -> label),
                createdAt,
                seen.isBefore(lastSeenAt) ? lastSeenAt : seen,
                changes.idleTimeout().map(WholeSession::bounded).orElse(idleTimeout),
                absoluteEnd,
                version,
                changed,
                prior.filter(view -> now.isBefore(view.until)));
    }

    private Prior priorUntil(Instant until) {
        return new Prior(secretHash, user, lastSeenAt, idleTimeout, attributes, until.truncatedTo(ChronoUnit.MILLIS));
    }

    private WholeSession openedBy(SessionId id, Prior before) {
        return new WholeSession(
                id.secretHash(),
                user,
                label,
                createdAt,
                lastSeenAt,
                idleTimeout,
                absoluteEnd,
                writes,
                attributes,
                Optional.of(before).filter(view -> view.until.isAfter(lastSeenAt)));
    }

    /** At least a millisecond, and no more than the arithmetic of time holds. */
    private static Duration bounded(Duration duration) {
        return duration.compareTo(SHORTEST) < 0
                ? SHORTEST
                : shorter(duration, LONGEST).truncatedTo(ChronoUnit.MILLIS);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
