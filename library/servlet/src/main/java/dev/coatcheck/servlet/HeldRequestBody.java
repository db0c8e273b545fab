package dev.coatcheck.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.Supplier;

/** A body that was read before the application reads it. */
final class HeldRequestBody extends ServletInputStream {
    private final ByteArrayInputStream bytes;
    private final Supplier<AsyncContext> async;

    HeldRequestBody(byte[] bytes, Supplier<AsyncContext> async) {
        this.bytes = new ByteArrayInputStream(bytes);
        this.async = async;
    }

    @Override
    public int read() {
        return bytes.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        return bytes.read(buffer, offset, length);
    }

    @Override
    public int available() {
        return bytes.available();
    }

    @Override
    public boolean isFinished() {
        return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    /** It is all there, so the listener hears of it once, on a thread of the container as always. */
    @Override
    public void setReadListener(ReadListener listener) {
        async.get().start(() -> {
            try {
                if (!isFinished()) {
                    listener.onDataAvailable();
                }
                listener.onAllDataRead();
            } catch (IOException | RuntimeException e) {
                listener.onError(e);
            }
        });
    }
}
