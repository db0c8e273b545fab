package dev.coatcheck.memcached;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Requests of Memcached's text protocol, as bytes. */
final class Request {
    static final byte[] VERSION = line("version");
    static final byte[] STATISTICS = line("stats");

    private Request() {}

    /** Answered with an {@link Reply.Item} or {@link Reply.Nothing}. */
    static byte[] get(String key) {
        return line("gets " + key);
    }

    /** Answered with {@code STORED} or {@code NOT_STORED}. */
    static byte[] add(String key, long expiry, byte[] value) {
        return withValue("add " + key + " 0 " + expiry + " " + value.length, value);
    }

    /** Answered with {@code STORED}, {@code EXISTS} or {@code NOT_FOUND}. */
    static byte[] replace(String key, long expiry, byte[] value, long unique) {
        return withValue(
                "cas " + key + " 0 " + expiry + " " + value.length + " " + Long.toUnsignedString(unique), value);
    }

    /** As {@link #replace}, by what has expired already. */
    static byte[] deleteIfUnchanged(String key, long unique) {
        return replace(key, -1, new byte[0], unique);
    }

    /** Answered with {@code DELETED} or {@code NOT_FOUND}. */
    static byte[] delete(String key) {
        return line("delete " + key);
    }

    private static byte[] withValue(String line, byte[] value) {
        var bytes = new ByteArrayOutputStream(line.length() + value.length + 4);
        bytes.writeBytes(line(line));
        bytes.writeBytes(value);
        bytes.writeBytes(line(""));
        return bytes.toByteArray();
    }

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
