package dev.coatcheck.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;

/** The bytes of an object as they come from the store; not for several threads. */
final class ObjectContent extends FilterInputStream {
    private final ResponseInputStream<?> response;
    private long left;
    private boolean closed;

    ObjectContent(ResponseInputStream<?> response, long length) {
        super(response);
        this.response = response;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        var single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the stream was closed");
        }
        try {
            int count = super.read(buffer, offset, length);
            if (count < 0 && left > 0) {
                throw new IOException("the store ended the blob %d bytes too early".formatted(left));
            }
            left -= Math.max(count, 0);
            return count;
        } catch (SdkException e) {
            throw new IOException("Could not go on to read a blob: " + e.getMessage(), e);
        }
    }

    @Override
    public long skip(long count) throws IOException {
        long before = left;
        var thrownAway = new byte[(int) Math.max(0, Math.min(count, 1 << 14))];
        while (before - left < count) {
            if (read(thrownAway, 0, (int) Math.min(thrownAway.length, count - (before - left))) < 0) {
                break;
            }
        }
        return before - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Ends the connection where there is more to come: to read on, so as to keep it, could take long. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (left > 0) {
            response.abort();
        }
        super.close();
    }
}
