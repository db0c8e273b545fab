package dev.coatcheck.state.flags;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Which ten-thousandth of all keys a key is in: the same in every process and release, and another for each flag. */
final class Bucket {
    private Bucket() {}

    static int of(String flag, String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest((flag.length() + ":" + flag + ":" + key).getBytes(StandardCharsets.UTF_8));
            long first = Integer.toUnsignedLong(ByteBuffer.wrap(digest).getInt());
            return (int) ((first * Rule.Share.ALL) >>> Integer.SIZE);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
