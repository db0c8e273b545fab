package dev.coatcheck.acceptance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Gives its bytes in fifteen pieces, a tenth of a second apart. */
final class SlowInput extends InputStream {
    private static final int PIECES = 15;
    private static final long PAUSE_MILLIS = 100;

    private final ByteArrayInputStream bytes;
    private final int pieceBytes;

    SlowInput(byte[] bytes) {
        this.bytes = new ByteArrayInputStream(bytes);
        this.pieceBytes = bytes.length / PIECES + 1;
    }

    @Override
    public int read() {
        return bytes.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            // Being slow is what this is for.
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        return bytes.read(into, offset, Math.min(length, pieceBytes));
    }
}
