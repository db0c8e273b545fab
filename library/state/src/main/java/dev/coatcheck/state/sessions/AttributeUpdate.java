package dev.coatcheck.state.sessions;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import java.util.Optional;
import java.util.function.Function;

/** Optimistic read-modify-write of one attribute: read, compute, write if unchanged, begin again from what is there. */
final class AttributeUpdate {
    private static final int ATTEMPTS = 100;

    private AttributeUpdate() {}

    static SaveResult apply(
            Sessions sessions, SessionId id, String name, Function<Optional<String>, Optional<String>> change) {
        var session = sessions.find(id);
        if (session.isEmpty()) {
            return new Gone();
        }
        var current = Optional.ofNullable(session.get().attributes().get(name));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var result = sessions.save(id, changes(name, current, change));
            if (!(result instanceof Conflict conflict)) {
                return result;
            }
            current = conflict.current().getOrDefault(name, Optional.empty());
        }
        throw new BackingServiceException(
                "the session store",
                "update the session attribute \"" + name + "\"",
                new IllegalStateException("others wrote it in between " + ATTEMPTS + " times in a row"));
    }

    private static Changes changes(
            String name, Optional<Attribute> current, Function<Optional<String>, Optional<String>> change) {
        long version = current.map(Attribute::version).orElse(0L);
        return change.apply(current.map(Attribute::json))
                .map(json -> Changes.none().putIfUnchanged(name, json, version))
                .orElseGet(() -> Changes.none().removeIfUnchanged(name, version));
    }
}
