package dev.coatcheck.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** How bytes are hashed on their way to a store. */
final class Digests {
    private Digests() {}

    static MessageDigest begin(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + algorithm, e);
        }
    }

    /** As every store that speaks S3 checks it: in Base64. */
    static String md5(byte[] bytes) {
        return Base64.getEncoder().encodeToString(begin("MD5").digest(bytes));
    }
}
