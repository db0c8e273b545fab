package dev.coatcheck.contracts.blobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A stream of any length that needs no memory, and whose every byte follows from its seed and its place, so that a part
 * that is missing, doubled or in the wrong place shows.
 */
public final class GeneratedStream extends InputStream {
    private final long seed;
    private final long size;
    private long position;

    public GeneratedStream(long seed, long size) {
        this.seed = seed;
        this.size = size;
    }

    public static byte[] bytes(long seed, long size) {
        var bytes = new ByteArrayOutputStream();
        try {
            new GeneratedStream(seed, size).transferTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static String sha256(InputStream content) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[1 << 16];
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int read() {
        if (position == size) {
            return -1;
        }
        long eight = eightFrom(position);
        return at(position++, eight) & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = (int) Math.min(length, size - position);
        long place = position;
        long eight = eightFrom(place);
        for (int i = 0; i < count; i++, place++) {
            if ((place & 7) == 0) {
                eight = eightFrom(place);
            }
            buffer[offset + i] = at(place, eight);
        }
        position = place;
        return count > 0 ? count : -1;
    }

    private static byte at(long place, long eight) {
        return (byte) (eight >>> (8 * (place & 7)));
    }

    /** The eight bytes that this one is of, as a number that is mixed as SplitMix64 does. */
    private long eightFrom(long place) {
        long mixed = seed + (place >>> 3) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
