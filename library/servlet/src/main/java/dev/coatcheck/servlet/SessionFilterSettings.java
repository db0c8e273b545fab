package dev.coatcheck.servlet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EventListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a {@link SessionFilter} works.
 *
 * @param cookie what carries the session's id
 * @param trustForwardedProto whether {@code X-Forwarded-Proto} tells if the visitor's own connection is TLS; false by
 *     default. True only where every request passes a router that sets this header itself
 * @param types which of the application's own types sessions may hold, by the name that the store keeps for each;
 *     none by default
 * @param forms how values of some of these types are written, where that is not as a record or a bean is; by the same
 *     names
 * @param listeners told of what this process does to sessions: {@code HttpSessionListener},
 *     {@code HttpSessionAttributeListener} and {@code HttpSessionIdListener}; none by default
 * @param idleTimeout what new sessions get; empty (the default) leaves it to the store's own settings
 * @param retryAfter what a 503 says about when to come back; 2 seconds by default
 */
public record SessionFilterSettings(
        SessionCookie cookie,
        boolean trustForwardedProto,
        Map<String, Class<?>> types,
        Map<String, JsonForm<?>> forms,
        List<EventListener> listeners,
        Optional<Duration> idleTimeout,
        Duration retryAfter) {
    private static final SessionFilterSettings DEFAULTS = new SessionFilterSettings(
            SessionCookie.defaults(), false, Map.of(), Map.of(), List.of(), Optional.empty(), Duration.ofSeconds(2));

    public SessionFilterSettings {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        forms = Map.copyOf(forms);
        if (!types.keySet().containsAll(forms.keySet())) {
            throw new IllegalArgumentException("sessions hold types of the names %s, and there are forms for %s"
                    .formatted(types.keySet(), forms.keySet()));
        }
        listeners = List.copyOf(listeners);
        if (!retryAfter.isPositive() || !idleTimeout.orElse(retryAfter).isPositive()) {
            throw new IllegalArgumentException("time-outs are positive: idle %s, retry after %s"
                    .formatted(idleTimeout.map(Duration::toString).orElse("as stored"), retryAfter));
        }
    }

    public static SessionFilterSettings defaults() {
        return DEFAULTS;
    }

    public SessionFilterSettings withCookie(SessionCookie cookie) {
        return new SessionFilterSettings(cookie, trustForwardedProto, types, forms, listeners, idleTimeout, retryAfter);
    }

    public SessionFilterSettings trustingForwardedProto() {
        return new SessionFilterSettings(cookie, true, types, forms, listeners, idleTimeout, retryAfter);
    }

    /** Allows types in sessions, each under its class name: moving or renaming such a class drops what was stored. */
    public SessionFilterSettings withTypes(Class<?>... allowed) {
        var settings = this;
        for (var type : allowed) {
            settings = settings.withType(type.getName(), type);
        }
        return settings;
    }

    /** Allows a type in sessions under a name of its own, so that the class can move. */
    public SessionFilterSettings withType(String name, Class<?> type) {
        return withType(name, type, forms);
    }

    /** Allows a type in sessions whose values are written in a form of their own. */
    public <T> SessionFilterSettings withType(String name, Class<T> type, JsonForm<T> form) {
        var more = new LinkedHashMap<>(forms);
        more.put(name, form);
        return withType(name, type, more);
    }

    private SessionFilterSettings withType(String name, Class<?> type, Map<String, JsonForm<?>> forms) {
        var more = new LinkedHashMap<>(types);
        if (more.putIfAbsent(name, type) != null) {
            throw new IllegalArgumentException("two types in sessions have the name \"" + name + "\"");
        }
        return new SessionFilterSettings(cookie, trustForwardedProto, more, forms, listeners, idleTimeout, retryAfter);
    }

    public SessionFilterSettings withListener(EventListener listener) {
        var more = new ArrayList<>(listeners);
        more.add(listener);
        return new SessionFilterSettings(cookie, trustForwardedProto, types, forms, more, idleTimeout, retryAfter);
    }

    public SessionFilterSettings withIdleTimeout(Duration idleTimeout) {
        return new SessionFilterSettings(
                cookie, trustForwardedProto, types, forms, listeners, Optional.of(idleTimeout), retryAfter);
    }

    public SessionFilterSettings withRetryAfter(Duration retryAfter) {
        return new SessionFilterSettings(cookie, trustForwardedProto, types, forms, listeners, idleTimeout, retryAfter);
    }
}
