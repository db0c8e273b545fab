package dev.coatcheck.redis;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How Redis is used.
 *
 * @param prefix what every key begins with, so that several applications may share a server; {@code "coatcheck:"} by
 *     default
 * @param timeout how long one operation may take, after which it fails; 2 seconds by default
 * @param deadJobsKept how long a job that is dead is kept for somebody to replay or cancel; the shortest time that any
 *     process has is what counts. From a second to ten years; 30 days by default
 */
public record RedisSettings(String prefix, Duration timeout, Duration deadJobsKept) {
    private static final Pattern PREFIX = Pattern.compile("[^{]*|[^{]*\\{[^}]+}.*", Pattern.DOTALL);
    private static final RedisSettings DEFAULTS =
            new RedisSettings("coatcheck:", Duration.ofSeconds(2), Duration.ofDays(30));

    public RedisSettings {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "a prefix for Redis has no braces, or {a text} that puts all keys into one slot of a cluster, not \""
                            + prefix + "\"");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the time-out of Redis is positive, not " + timeout);
        }
        if (deadJobsKept.compareTo(Duration.ofSeconds(1)) < 0 || deadJobsKept.compareTo(Duration.ofDays(3_650)) > 0) {
            throw new IllegalArgumentException("dead jobs are kept for a second to 3650 days, not for " + deadJobsKept);
        }
    }

    public static RedisSettings defaults() {
        return DEFAULTS;
    }

    public RedisSettings withPrefix(String prefix) {
        return new RedisSettings(prefix, timeout, deadJobsKept);
    }

    public RedisSettings withTimeout(Duration timeout) {
        return new RedisSettings(prefix, timeout, deadJobsKept);
    }

    public RedisSettings withDeadJobsKept(Duration deadJobsKept) {
        return new RedisSettings(prefix, timeout, deadJobsKept);
    }
}
