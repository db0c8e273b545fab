package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.EventListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells listeners, and values that listen themselves, what this process does to sessions. */
final class SessionEvents {
    private final List<HttpSessionListener> sessions;
    private final List<HttpSessionAttributeListener> attributes;
    private final List<HttpSessionIdListener> ids;

    SessionEvents(List<EventListener> listeners) {
        sessions = only(HttpSessionListener.class, listeners);
        attributes = only(HttpSessionAttributeListener.class, listeners);
        ids = only(HttpSessionIdListener.class, listeners);
    }

    private static <T> List<T> only(Class<T> type, List<EventListener> listeners) {
        return listeners.stream().filter(type::isInstance).map(type::cast).toList();
    }

    void created(HttpSession session) {
        sessions.forEach(listener -> listener.sessionCreated(new HttpSessionEvent(session)));
    }

    /** In the reverse order, as the standard has it. */
    void ending(HttpSession session) {
        sessions.reversed().forEach(listener -> listener.sessionDestroyed(new HttpSessionEvent(session)));
    }

    void idChanged(HttpSession session, String oldId) {
        ids.forEach(listener -> listener.sessionIdChanged(new HttpSessionEvent(session), oldId));
    }

    @SuppressWarnings("ReferenceEquality") // the same object again is neither bound nor unbound, an equal one is
    void put(HttpSession session, String name, Object value, @Nullable Object previous) {
        boolean another = value != previous;
        if (another && value instanceof HttpSessionBindingListener listener) {
            listener.valueBound(new HttpSessionBindingEvent(session, name, value));
        }
        if (another && previous instanceof HttpSessionBindingListener listener) {
            listener.valueUnbound(new HttpSessionBindingEvent(session, name, previous));
        }
        if (previous == null) {
            var event = new HttpSessionBindingEvent(session, name, value);
            attributes.forEach(listener -> listener.attributeAdded(event));
        } else {
            var event = new HttpSessionBindingEvent(session, name, previous);
            attributes.forEach(listener -> listener.attributeReplaced(event));
        }
    }

    void removed(HttpSession session, String name, Object previous) {
        var event = new HttpSessionBindingEvent(session, name, previous);
        if (previous instanceof HttpSessionBindingListener listener) {
            listener.valueUnbound(event);
        }
        attributes.forEach(listener -> listener.attributeRemoved(event));
    }
}
