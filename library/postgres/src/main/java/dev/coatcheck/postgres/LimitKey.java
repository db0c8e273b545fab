package dev.coatcheck.postgres;

import dev.coatcheck.state.limits.Ask;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Where what a key owes to a limit is kept: a digest, since a key is often what a visitor has sent, and may be longer than
 * an index holds or no text for a database.
 *
 * @param bytes 32 of them
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its bytes alone, and never altered
record LimitKey(byte[] bytes) implements Comparable<LimitKey> {

    static LimitKey of(Ask ask) {
        var name = ask.limit().name();
        // With the length of the name, so that no other name and key make the same text; in UTF-16, so that no two
        // texts
        // make the same bytes, even where they are no Unicode.
        var text = name.length() + ":" + name + ":" + ask.key();
        try {
            return new LimitKey(MessageDigest.getInstance("SHA-256").digest(utf16(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static byte[] utf16(String text) {
        var bytes = new byte[2 * text.length()];
        for (int i = 0; i < text.length(); i++) {
            bytes[2 * i] = (byte) (text.charAt(i) >> 8);
            bytes[2 * i + 1] = (byte) text.charAt(i);
        }
        return bytes;
    }

    @Override
    public int compareTo(LimitKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }
}
