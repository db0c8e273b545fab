package dev.coatcheck.redis;

import java.time.Duration;

/**
 * How Redis is used.
 *
 * @param prefix what every key begins with, so that several applications may share a server; {@code "coatcheck:"} by
 *     default
 * @param timeout how long one operation may take, after which it fails; 2 seconds by default
 */
public record RedisSettings(String prefix, Duration timeout) {
    private static final RedisSettings DEFAULTS = new RedisSettings("coatcheck:", Duration.ofSeconds(2));

    public RedisSettings {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the time-out of Redis is positive, not " + timeout);
        }
    }

    public static RedisSettings defaults() {
        return DEFAULTS;
    }

    public RedisSettings withPrefix(String prefix) {
        return new RedisSettings(prefix, timeout);
    }

    public RedisSettings withTimeout(Duration timeout) {
        return new RedisSettings(prefix, timeout);
    }
}
