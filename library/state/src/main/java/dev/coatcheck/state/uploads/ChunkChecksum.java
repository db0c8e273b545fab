package dev.coatcheck.state.uploads;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the bytes of one append must hash to.
 *
 * @param algorithm by which they are hashed
 * @param digest what comes out, in lower-case hexadecimal
 */
public record ChunkChecksum(Algorithm algorithm, String digest) {

    /** The ways to hash that uploads know. All find damage on the way; only SHA-256 withstands somebody who means it. */
    public enum Algorithm {
        MD5("MD5"),
        SHA1("SHA-1"),
        SHA256("SHA-256");

        private final String javaName;

        Algorithm(String javaName) {
            this.javaName = javaName;
        }

        MessageDigest begin() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has " + javaName, e);
            }
        }
    }

    /** Whether that is what came out. */
    boolean isOf(MessageDigest bytes) {
        return HexFormat.of().formatHex(bytes.digest()).equals(digest);
    }
}
