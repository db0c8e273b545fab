package dev.coatcheck.memcached;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a Memcached is used.
 *
 * @param prefix of every key, so that several applications may share a server: up to 100 visible ASCII characters;
 *     {@code "coatcheck:"} by default
 * @param timeout how long one operation may take, after which it fails; 2 seconds by default
 */
public record MemcachedSettings(String prefix, Duration timeout) {
    private static final Pattern KEY = Pattern.compile("[!-~]{0,100}");
    private static final MemcachedSettings DEFAULTS = new MemcachedSettings("coatcheck:", Duration.ofSeconds(2));

    public MemcachedSettings {
        if (!KEY.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "a prefix for Memcached is up to 100 visible ASCII characters, not \"" + prefix + "\"");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the time-out of Memcached is positive, not " + timeout);
        }
    }

    public static MemcachedSettings defaults() {
        return DEFAULTS;
    }

    public MemcachedSettings withPrefix(String prefix) {
        return new MemcachedSettings(prefix, timeout);
    }

    public MemcachedSettings withTimeout(Duration timeout) {
        return new MemcachedSettings(prefix, timeout);
    }
}
