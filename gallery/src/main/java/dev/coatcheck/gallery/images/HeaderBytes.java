package dev.coatcheck.gallery.images;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The first bytes of a file, up to a limit: beyond it the file counts as ended. */
final class HeaderBytes {
    private final InputStream in;
    private int left;

    HeaderBytes(InputStream in, int limit) {
        this.in = in;
        this.left = limit;
    }

    int u8() throws IOException {
        take(1);
        int read = in.read();
        if (read < 0) {
            throw new EOFException();
        }
        return read;
    }

    int u16() throws IOException {
        return u8() << 8 | u8();
    }

    int u16le() throws IOException {
        return u8() | u8() << 8;
    }

    int u24le() throws IOException {
        return u16le() | u8() << 16;
    }

    long u32() throws IOException {
        return (long) u16() << 16 | u16();
    }

    long u32le() throws IOException {
        return u16le() | (long) u16le() << 16;
    }

    /** Bytes as characters of the same number. */
    String text(int length) throws IOException {
        take(length);
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void skip(long length) throws IOException {
        take(length);
        in.skipNBytes(length);
    }

    private void take(long length) throws IOException {
        if (length < 0 || length > left) {
            throw new EOFException();
        }
        left -= Math.toIntExact(length);
    }
}
