package dev.coatcheck.state.sessions;

import java.time.Duration;

/**
 * How long sessions live and how much they hold. The same in every process that shares a store.
 *
 * @param idleTimeout how long a session lives without being read; 30 minutes by default. A session may have
 *     {@linkplain Changes#idleTimeout its own}
 * @param absoluteTimeout how long it lives at all, however often it is read; 14 days by default
 * @param rotationGrace how long the id before a {@linkplain Changes#rotate() rotation} still finds what the session
 *     held before it; 10 seconds by default
 * @param maxBytes what the names and values of a session's attributes may add up to in UTF-8; 64 KiB by default
 */
public record SessionSettings(Duration idleTimeout, Duration absoluteTimeout, Duration rotationGrace, int maxBytes) {

    private static final SessionSettings DEFAULTS =
            new SessionSettings(Duration.ofMinutes(30), Duration.ofDays(14), Duration.ofSeconds(10), 64 * 1024);

    public SessionSettings {
        if (!idleTimeout.isPositive() || !absoluteTimeout.isPositive() || rotationGrace.isNegative() || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "sessions need positive time-outs, a grace that is not negative and room for a byte: idle %s, absolute %s, grace %s, %d bytes"
                            .formatted(idleTimeout, absoluteTimeout, rotationGrace, maxBytes));
        }
    }

    public static SessionSettings defaults() {
        return DEFAULTS;
    }

    public SessionSettings withIdleTimeout(Duration idleTimeout) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationGrace, maxBytes);
    }

    public SessionSettings withAbsoluteTimeout(Duration absoluteTimeout) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationGrace, maxBytes);
    }

    public SessionSettings withRotationGrace(Duration rotationGrace) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationGrace, maxBytes);
    }

    public SessionSettings withMaxBytes(int maxBytes) {
        return new SessionSettings(idleTimeout, absoluteTimeout, rotationGrace, maxBytes);
    }
}
