package dev.coatcheck.redis;

import dev.coatcheck.state.sessions.Device;
import io.lettuce.core.KeyValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the list of a user's devices needs of a session; nothing, where the session has ended. */
record StoredDevice(String handle, Map<String, String> fields) {

    static CompletableFuture<StoredDevice> read(Connection connection, String prefix, String handle) {
        return connection
                .send(redis -> redis.hmget(prefix + handle, "f", "u", "l", "c", "s", "i"))
                .thenApply(fields -> new StoredDevice(handle, present(fields)));
    }

    boolean belongsTo(String user) {
        return user.equals(fields.get("u"));
    }

    /** Whether this release wrote it, or an older one: of a newer one only the user is known. */
    boolean isUnderstood() {
        return "1".equals(fields.get("f"));
    }

    Device toDevice(long absoluteMillis) {
        long createdAt = number("c");
        long lastSeenAt = number("s");
        long endsAt = Math.min(lastSeenAt + number("i"), createdAt + absoluteMillis);
        return new Device(
                handle,
                Optional.ofNullable(fields.get("l")),
                Instant.ofEpochMilli(createdAt),
                Instant.ofEpochMilli(lastSeenAt),
                Instant.ofEpochMilli(endsAt));
    }

    private long number(String field) {
        return Long.parseLong(fields.getOrDefault(field, "0"));
    }

    private static Map<String, String> present(List<KeyValue<String, String>> fields) {
        var present = new HashMap<String, String>();
        fields.forEach(field -> field.ifHasValue(value -> present.put(field.getKey(), value)));
        return present;
    }
}
