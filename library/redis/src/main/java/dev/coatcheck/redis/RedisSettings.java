package dev.coatcheck.redis;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How Redis is used.
 *
 * @param prefix what every key begins with, so that several applications may share a server; {@code "coatcheck:"} by
 *     default
 * @param timeout how long one operation may take, after which it fails; 2 seconds by default
 */
public record RedisSettings(String prefix, Duration timeout) {
    private static final Pattern PREFIX = Pattern.compile("[^{]*|[^{]*\\{[^}]+}.*", Pattern.DOTALL);
    private static final RedisSettings DEFAULTS = new RedisSettings("coatcheck:", Duration.ofSeconds(2));

    public RedisSettings {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "a prefix for Redis has no braces, or {a text} that puts all keys into one slot of a cluster, not \""
                            + prefix + "\"");
        }
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
