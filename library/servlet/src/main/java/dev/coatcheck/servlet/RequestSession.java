package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import dev.coatcheck.state.sessions.SessionId;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request's dealings with its session: nothing until somebody asks for it, then one read, and one write of what
 * changed before the response is committed. Thread-safe, since a request may be worked on by several threads.
 */
final class RequestSession {
    private static final String ATTRIBUTE = RequestSession.class.getName();
    private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final SessionBacking backing;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Ticket ticket;
    private final Set<String> dropped = new HashSet<>();
    private boolean looked;
    private boolean wasFound;
    private @Nullable SessionView current;
    private @Nullable BackingServiceException outage;
    private boolean cookieDue;
    private boolean cookieSent;

    private RequestSession(SessionBacking backing, HttpServletRequest request, HttpServletResponse response) {
        this.backing = backing;
        this.request = request;
        this.response = response;
        this.ticket = backing.ticket(request);
    }

    /** The one of this request, which the dispatches of a request share. */
    static RequestSession of(SessionBacking backing, HttpServletRequest request, HttpServletResponse response) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestSession session) {
            return session;
        }
        var session = new RequestSession(backing, request, response);
        request.setAttribute(ATTRIBUTE, session);
        return session;
    }

    static RequestSession of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestSession session) {
            return session;
        }
        throw new IllegalStateException("this request did not pass a SessionFilter: map one to its path");
    }

    /** What the visitor's cookie says, whether or not there is such a session. */
    Optional<SessionId> requested() {
        return locked(ticket::requested);
    }

    SessionBacking backing() {
        return backing;
    }

    HttpServletRequest request() {
        return request;
    }

    <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the store, and remembers where it could not answer. */
    <T extends @Nullable Object> T store(Supplier<T> action) {
        try {
            return action.get();
        } catch (BackingServiceException e) {
            outage = e;
            throw e;
        }
    }

    /** Whether a failure is the store's, which the application let pass. */
    boolean isOutage(Throwable failure) {
        var known = locked(() -> outage);
        int depth = 0;
        for (Throwable cause = failure; known != null && cause != null && depth < 50; cause = cause.getCause()) {
            if (cause == known) {
                return true;
            }
            depth++;
        }
        return false;
    }

    /** The session, if there is one. A round trip the first time, where the visitor sent an id. */
    @Nullable
    SessionView find() {
        return locked(() -> {
            if (!looked) {
                if (outage != null) {
                    throw outage;
                }
                current = ticket.requested()
                        .flatMap(id -> store(() -> ticket.sessions().find(id)))
                        .map(session -> SessionView.of(this, session))
                        .orElse(null);
                wasFound = current != null;
                looked = true;
            }
            return current;
        });
    }

    boolean isRequestedValid() {
        return locked(() -> {
            find();
            return wasFound;
        });
    }

    /**
     * Asks the store again, whenever it is called and without the request, whether the session is still there and still
     * the same user's: one round trip. Where there is none, there is nothing to be lost.
     */
    BooleanSupplier validity() {
        return locked(() -> {
            var view = find();
            if (view == null || !view.isStored()) {
                return () -> true;
            }
            var sessions = ticket.sessions();
            var id = view.id();
            var user = view.user();
            return () -> sessions.find(id)
                    .filter(session -> session.user().equals(user))
                    .isPresent();
        });
    }

    /** The session, or a new one, which the store learns of when it is saved. */
    SessionView findOrBegin() {
        return locked(() -> {
            var found = find();
            return found == null ? begin() : found;
        });
    }

    private SessionView begin() {
        if (response.isCommitted()) {
            throw new IllegalStateException(
                    "a session cannot begin once the response is committed, since its cookie can no longer be sent");
        }
        var view = SessionView.begin(this);
        current = view;
        backing.events().created(view);
        return view;
    }

    /**
     * Gives the session a new id. One round trip, which saves it too. Where another request did so or ended it meanwhile,
     * the session stays as that request left it, and the visitor keeps the cookie that they got then.
     */
    String changeId() {
        return locked(() -> {
            var view = find();
            if (view == null) {
                throw new IllegalStateException("there is no session whose id could change");
            }
            var oldId = view.getId();
            if (rotate(view, Changes.none())) {
                backing.events().idChanged(view, oldId);
            } else {
                tellDropped(view);
            }
            return view.getId();
        });
    }

    /** Makes the session a user's, under a new id. One round trip, which saves it too. */
    void logIn(String user, Optional<String> label) {
        locked(() -> {
            var view = findOrBegin();
            var unlabelled = Changes.none().user(user);
            var changes = label.map(unlabelled::label).orElse(unlabelled);
            if (!rotate(view, changes)) {
                // It ended or was rotated by another request meanwhile. Who logs in now needs nothing of what it held.
                view.beginAnew();
                persist(view, changes);
            }
            view.belongsTo(user);
            return null;
        });
    }

    List<Device> devices(String user) {
        return store(() -> ticket.sessions().devices(user));
    }

    boolean revoke(String user, String device) {
        return locked(() -> {
            boolean ended = store(() -> ticket.sessions().revoke(user, device));
            if (current != null && current.id().handle().equals(device)) {
                current.invalidate();
            }
            return ended;
        });
    }

    int revokeAll(String user) {
        return locked(() -> {
            int ended = store(() -> ticket.sessions().revokeAll(user));
            if (current != null) {
                current.invalidate();
            }
            return ended;
        });
    }

    /** @return false where the session has ended, or takes no changes any more */
    private boolean rotate(SessionView view, Changes changes) {
        if (response.isCommitted()) {
            throw new IllegalStateException(
                    "a session's id cannot change once the response is committed, since its cookie can no longer be sent");
        }
        if (!view.isStored()) {
            view.beginAnew();
        }
        return persist(view, changes.rotate());
    }

    /** Ends a stored session in the store: one round trip. */
    void destroy(SessionId id) {
        requireCookieCanChange();
        store(() -> {
            ticket.sessions().destroy(id);
            return null;
        });
    }

    private void requireCookieCanChange() {
        if (ticket.isTheSession() && response.isCommitted()) {
            throw new IllegalStateException(
                    "a session in a sealed cookie cannot change once the response is committed, since its cookie can no longer be sent");
        }
    }

    /** Called by the session when it has been destroyed. */
    void ended() {
        current = null;
        cookieDue = true;
    }

    /**
     * Saves what changed since the last time, and adds the cookie where one is due and can still be sent. No round
     * trip where nothing changed.
     *
     * @throws BackingServiceException where the store cannot take it now
     * @throws IllegalArgumentException where a value cannot be written
     * @throws IllegalStateException where the session would be too large
     */
    void save() {
        locked(() -> {
            var view = current;
            if (view != null && !persist(view, Changes.none())) {
                tellDropped(view);
            }
            if (!response.isCommitted()) {
                sendCookie(view);
            }
            return null;
        });
    }

    /** Tells of each attribute once. */
    private void tellDropped(SessionView view) {
        var names = view.pending(Changes.none()).attributes().keySet();
        if (dropped.addAll(names)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} has ended meanwhile or has a new id: changes of {1} are dropped",
                    view.id(),
                    names);
        }
    }

    private void sendCookie(@Nullable SessionView view) {
        if (!cookieDue && !ticket.isOutdated()) {
            return;
        }
        if (view == null) {
            backing.cookies().clear(request, response);
        } else {
            backing.cookies().write(request, response, ticket.text(view.id()));
        }
        ticket.sent();
        cookieSent = true;
        cookieDue = false;
    }

    /** Called where the response lost its headers: the cookie is due again. */
    void headersLost() {
        locked(() -> {
            if (cookieSent) {
                cookieDue = true;
            }
            return null;
        });
    }

    /** @return false where the session has ended, or takes no changes any more */
    private boolean persist(SessionView view, Changes changes) {
        var pending = view.pending(changes);
        if (view.isStored() && pending.isEmpty()) {
            return true;
        }
        return switch (send(view, pending)) {
            case Saved saved -> {
                if (!view.isStored() || !saved.id().equals(view.id())) {
                    cookieDue = true;
                }
                view.saved(saved.id(), pending);
                yield true;
            }
            case Gone gone -> {
                // The cookie stays as it is: after a rotation the visitor already has the new one.
                view.makeReadOnly();
                yield false;
            }
            case TooLarge tooLarge ->
                throw new IllegalStateException(
                        "the session would hold %d bytes and may hold %d: keep large values in a database or a blob, and their key in the session"
                                .formatted(tooLarge.bytes(), tooLarge.maxBytes()));
            case Conflict conflict ->
                throw new IllegalStateException("the store reports a conflict that nobody asked it to look for");
        };
    }

    private SaveResult send(SessionView view, Changes changes) {
        if (view.isReadOnly()) {
            return new Gone();
        }
        requireCookieCanChange();
        var sessions = ticket.sessions();
        return store(() -> view.isStored() ? sessions.save(view.id(), changes) : sessions.create(view.id(), changes));
    }
}
