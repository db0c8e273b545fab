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
        MD5("MD5", 32),
        SHA1("SHA-1", 40),
        SHA256("SHA-256", 64);

        private final String javaName;
        private final int digits;

        Algorithm(String javaName, int digits) {
            this.javaName = javaName;
            this.digits = digits;
        }

        MessageDigest begin() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has " + javaName, e);
            }
        }
    }

    public ChunkChecksum {
        if (!digest.matches("[0-9a-f]{" + algorithm.digits + "}")) {
            throw new IllegalArgumentException("a checksum by %s is %d digits of lower-case hexadecimal"
                    .formatted(algorithm.javaName, algorithm.digits));
        }
    }

    /** Whether that is what came out. */
    boolean isOf(MessageDigest bytes) {
        return HexFormat.of().formatHex(bytes.digest()).equals(digest);
    }
}
