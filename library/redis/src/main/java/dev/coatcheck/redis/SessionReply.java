package dev.coatcheck.redis;

import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.Session;
import dev.coatcheck.state.sessions.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a script on a session answers; the scripts' head comments say what is where. */
record SessionReply(List<@Nullable Object> values) {

    String text(int index) {
        return optional(index).orElseThrow(() -> new IllegalStateException("no value at " + index + " of a reply"));
    }

    long number(int index) {
        return Long.parseLong(text(index));
    }

    Optional<String> optional(int index) {
        return Optional.ofNullable(values.get(index)).map(Object::toString);
    }

    Session session(SessionId id) {
        var attributes = new HashMap<String, Attribute>();
        for (int i = 7; i < values.size(); i += 2) {
            attributes.put(text(i), attribute(text(i + 1)));
        }
        return new Session(
                id,
                optional(1),
                Instant.ofEpochMilli(number(2)),
                Instant.ofEpochMilli(number(3)),
                Instant.ofEpochMilli(number(4)),
                Duration.ofMillis(number(5)),
                attributes,
                text(0).equals("superseded"));
    }

    Conflict conflict() {
        Map<String, Optional<Attribute>> current = new HashMap<>();
        for (int i = 1; i < values.size(); i += 2) {
            current.put(text(i), optional(i + 1).map(SessionReply::attribute));
        }
        return new Conflict(current);
    }

    private static Attribute attribute(String stored) {
        int colon = stored.indexOf(':');
        return new Attribute(stored.substring(colon + 1), Long.parseLong(stored, 0, colon, 10));
    }
}
