package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A session as one request sees it: what the store had when it was read, and what the request did to it since. */
final class SessionView implements HttpSession {
    /** Longer than any absolute time-out, which is what ends a session that is never to be idle for too long. */
    private static final Duration NEVER_IDLE = Duration.ofSeconds(Integer.MAX_VALUE);

    private final RequestSession owner;
    private final Attributes attributes;
    private final Instant createdAt;
    private final Instant lastSeenAt;
    private final boolean isNew;
    private SessionId id;
    private boolean stored;
    private boolean readOnly;
    private boolean ended;
    private Optional<String> user;
    private Duration idleTimeout;
    private Optional<Duration> newIdleTimeout = Optional.empty();

    private SessionView(RequestSession owner, Session session, boolean stored) {
        this.owner = owner;
        this.attributes = new Attributes(owner.backing().json(), owner.backing().unreadable(), session.attributes());
        this.createdAt = session.createdAt();
        this.lastSeenAt = session.lastSeenAt();
        this.id = session.id();
        this.stored = stored;
        this.isNew = !stored;
        this.readOnly = session.superseded();
        this.user = session.user();
        this.idleTimeout = session.idleTimeout();
    }

    static SessionView of(RequestSession owner, Session session) {
        return new SessionView(owner, session, true);
    }

    static SessionView begin(RequestSession owner) {
        var now = owner.backing().clock().instant();
        var own = owner.backing().idleTimeout();
        var idle = own.orElse(SessionSettings.defaults().idleTimeout());
        var empty = new Session(SessionId.random(), Optional.empty(), now, now, now.plus(idle), idle, Map.of(), false);
        var view = new SessionView(owner, empty, false);
        view.newIdleTimeout = own;
        return view;
    }

    SessionId id() {
        return id;
    }

    boolean isStored() {
        return stored;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    Optional<String> user() {
        return owner.locked(() -> user);
    }

    void belongsTo(String user) {
        this.user = Optional.of(user);
    }

    void makeReadOnly() {
        readOnly = true;
    }

    /** Goes on as a new session that holds only what this request put into it. */
    void beginAnew() {
        attributes.forgetSaved();
        id = SessionId.random();
        if (stored) {
            newIdleTimeout = Optional.of(idleTimeout);
        }
        stored = false;
        readOnly = false;
        user = Optional.empty();
    }

    Changes pending(Changes changes) {
        return attributes.addTo(newIdleTimeout.map(changes::idleTimeout).orElse(changes));
    }

    void saved(SessionId newId, Changes changes) {
        id = newId;
        stored = true;
        newIdleTimeout = Optional.empty();
        attributes.saved(changes);
    }

    private <T extends @Nullable Object> T live(Supplier<T> action) {
        return owner.locked(() -> {
            if (ended) {
                throw new IllegalStateException("this session has been invalidated");
            }
            return action.get();
        });
    }

    @Override
    public String getId() {
        return owner.locked(() -> PublicId.of(id));
    }

    @Override
    public long getCreationTime() {
        return live(createdAt::toEpochMilli);
    }

    @Override
    public long getLastAccessedTime() {
        return live(lastSeenAt::toEpochMilli);
    }

    @Override
    public ServletContext getServletContext() {
        return owner.request().getServletContext();
    }

    @Override
    public void setMaxInactiveInterval(int seconds) {
        owner.locked(() -> {
            var wanted = seconds > 0 ? Duration.ofSeconds(seconds) : NEVER_IDLE;
            if (!wanted.equals(idleTimeout)) {
                idleTimeout = wanted;
                newIdleTimeout = Optional.of(wanted);
            }
            return null;
        });
    }

    @Override
    public int getMaxInactiveInterval() {
        return owner.locked(() -> Math.toIntExact(Math.min(idleTimeout.toSeconds(), Integer.MAX_VALUE)));
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return live(() -> attributes.get(name));
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return live(() -> Collections.enumeration(attributes.names()));
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        if (value == null) {
            removeAttribute(name);
            return;
        }
        live(() -> {
            var previous = attributes.put(name, value);
            owner.backing().events().put(this, name, value, previous);
            return null;
        });
    }

    @Override
    public void removeAttribute(String name) {
        live(() -> {
            var previous = attributes.remove(name);
            if (previous != null) {
                owner.backing().events().removed(this, name, previous);
            }
            return null;
        });
    }

    /** Ends the session in the store at once: one round trip, unless it is new. */
    @Override
    public void invalidate() {
        live(() -> {
            owner.backing().events().ending(this);
            if (stored) {
                owner.destroy(id);
            }
            attributes.names().forEach(this::removeAttribute);
            end();
            return null;
        });
    }

    /** Notes that the session is no more. */
    void end() {
        ended = true;
        owner.ended();
    }

    @Override
    public boolean isNew() {
        return live(() -> isNew);
    }
}
