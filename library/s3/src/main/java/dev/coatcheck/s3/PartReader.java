package dev.coatcheck.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import software.amazon.awssdk.core.sync.RequestBody;

/** Reads a stream in parts, counts its bytes and hashes them. One part is in memory: that which was read last. */
final class PartReader {
    private static final int FIRST_BUFFER = 1 << 16;

    private final InputStream content;
    private final int partBytes;
    private final long maxBytes;
    private final MessageDigest digest = digest("SHA-256");
    private byte[] buffer;
    private int filled;
    private long size;

    PartReader(InputStream content, int partBytes, long maxBytes) {
        this.content = content;
        this.partBytes = partBytes;
        this.maxBytes = maxBytes;
        this.buffer = new byte[Math.min(FIRST_BUFFER, partBytes)];
    }

    /**
     * Reads the next part, in place of the one before: of full size, or the last, perhaps empty. Not to be stored where the
     * stream {@link #isTooLong()}.
     *
     * @return how many bytes it has
     */
    int next() throws IOException {
        // One byte more than is allowed tells that there are more.
        int wanted = (int) Math.min(partBytes - 1, maxBytes - size) + 1;
        filled = 0;
        boolean ended = false;
        while (filled < wanted && !ended) {
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, (int) Math.min(partBytes, 2L * buffer.length));
            }
            int room = Math.min(buffer.length, wanted) - filled;
            int count = content.readNBytes(buffer, filled, room);
            filled += count;
            ended = count < room;
        }
        size += filled;
        digest.update(buffer, 0, filled);
        return filled;
    }

    /** The part that was read last, until the next is read. */
    RequestBody body(String contentType) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(buffer, 0, filled), filled, contentType);
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

    /** The checksum of the part that was read last, as every store that speaks S3 checks it. */
    String md5() {
        var md5 = digest("MD5");
        md5.update(buffer, 0, filled);
        return Base64.getEncoder().encodeToString(md5.digest());
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + algorithm, e);
        }
    }
}
