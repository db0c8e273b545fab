package dev.coatcheck.contracts.blobs;

import java.io.IOException;
import java.io.InputStream;

/** A stream that gives some bytes, a few at a time, and then fails, as a client does that goes away. */
public final class BrokenStream extends InputStream {
    private long left;

    public BrokenStream(long size) {
        this.left = size;
    }

    @Override
    public int read() throws IOException {
        if (left == 0) {
            throw new IOException("the client went away");
        }
        left--;
        return 'x';
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = (int) Math.min(Math.min(length, 10_000), Math.max(left, 1));
        for (int i = 0; i < count; i++) {
            buffer[offset + i] = (byte) read();
        }
        return count;
    }
}
