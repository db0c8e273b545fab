package dev.coatcheck.state.blobs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * For adapters of object stores: reads a stream in parts, counts its bytes and hashes them. One part is in memory: that which
 * was read last. Not for several threads.
 *
 * <pre>{@code
 * var parts = new BlobParts(content, 8 << 20, options.maxBytes());
 * for (int length = parts.next(); length > 0 && !parts.isTooLong(); length = parts.next()) {
 *     send(parts.part(), length, parts.md5());
 * }
 * }</pre>
 */
public final class BlobParts {
    private static final int FIRST_BUFFER = 1 << 16;

    private final InputStream content;
    private final int partBytes;
    private final long maxBytes;
    private final MessageDigest digest = digest("SHA-256");
    private byte[] buffer;
    private int filled;
    private long size;

    /**
     * Reads nothing yet.
     *
     * @param maxBytes how many the stream may have; it is read a byte further at the most
     */
    public BlobParts(InputStream content, int partBytes, long maxBytes) {
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
    public int next() throws IOException {
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

    /** The part that was read last, from its beginning, until the next is read. */
    public InputStream part() {
        return new ByteArrayInputStream(buffer, 0, filled);
    }

    /** Of the part that was read last, in bytes. */
    public int length() {
        return filled;
    }

    public boolean isTooLong() {
        return size > maxBytes;
    }

    /** Of what was read. */
    public long size() {
        return size;
    }

    /** Of what was read, in hexadecimal. Asked for once. */
    public String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The checksum of the part that was read last, as every object store checks it: in Base64. */
    public String md5() {
        var md5 = digest("MD5");
        md5.update(buffer, 0, filled);
        return Base64.getEncoder().encodeToString(md5.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + algorithm, e);
        }
    }
}
