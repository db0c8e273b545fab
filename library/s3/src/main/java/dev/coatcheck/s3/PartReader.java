package dev.coatcheck.s3;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Reads a stream in parts, counts its bytes and hashes them. A part and the stream's own buffers are all in memory. */
final class PartReader {
    private final InputStream content;
    private final int partBytes;
    private final long maxBytes;
    private final MessageDigest digest = digest("SHA-256");
    private long size;

    PartReader(InputStream content, int partBytes, long maxBytes) {
        this.content = content;
        this.partBytes = partBytes;
        this.maxBytes = maxBytes;
    }

    /** The next part: of full size, or the last, perhaps empty. Not to be stored where the stream {@link #isTooLong()}. */
    byte[] next() throws IOException {
        // One byte more than is allowed tells that there are more.
        int wanted = (int) Math.min(partBytes - 1, maxBytes - size) + 1;
        var part = content.readNBytes(wanted);
        size += part.length;
        digest.update(part);
        return part;
    }

    boolean isTooLong() {
        return size > maxBytes;
    }

    /** Of what was read. */
    long size() {
        return size;
    }

    /** Of what was read, in hexadecimal. Asked for once. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The checksum of a part as every store that speaks S3 checks it. */
    static String md5(byte[] part) {
        return Base64.getEncoder().encodeToString(digest("MD5").digest(part));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + algorithm, e);
        }
    }
}
