package dev.coatcheck.postgres;

import dev.coatcheck.state.BackingServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The bytes of one version of a blob, of which it holds a chunk at a time, and no connection in between. */
final class BlobContent extends InputStream {
    private static final byte[] NOTHING = {};

    private final BlobChunks chunks;
    private final long end;
    private long position;
    private byte[] held;
    private int taken; // of what is held
    private boolean closed;

    /** @param first what was read already, from {@code position} on */
    BlobContent(BlobChunks chunks, long position, long end, byte[] first) {
        this.chunks = chunks;
        this.position = position;
        this.end = end;
        this.held = first;
    }

    @Override
    public int read() throws IOException {
        if (!fill()) {
            return -1;
        }
        position++;
        return held[taken++] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, available());
        System.arraycopy(held, taken, buffer, offset, count);
        taken += count;
        position += count;
        return count;
    }

    /** Skips without reading. */
    @Override
    public long skip(long count) {
        long skipped = Math.max(0, Math.min(count, end - position));
        taken = (int) Math.min(held.length, taken + skipped);
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(held.length - taken, end - position);
    }

    @Override
    public void close() {
        closed = true;
        held = NOTHING;
        taken = 0;
    }

    /** Makes sure that there is a byte in hand; false at the end. */
    private boolean fill() throws IOException {
        if (closed) {
            throw new IOException("the stream was closed");
        }
        if (position >= end) {
            return false;
        }
        if (taken == held.length) {
            try {
                held = chunks.read(position, end)
                        .orElseThrow(() -> new IOException(
                                "the blob was replaced or deleted so long ago that its bytes are gone"));
            } catch (BackingServiceException e) {
                throw new IOException(e.getMessage(), e);
            }
            taken = 0;
            if (held.length == 0) {
                throw new IOException("a chunk of the blob is shorter than it was");
            }
        }
        return true;
    }
}
