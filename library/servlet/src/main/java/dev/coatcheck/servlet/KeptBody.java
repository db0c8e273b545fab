package dev.coatcheck.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * Holds a body until it is whole and was kept, whatever the application flushes; one that grows too large, or is written
 * without blocking, passes through from then on.
 */
final class KeptBody extends ServletOutputStream {
    private final ServletOutputStream out;
    private final int limit;
    private final Runnable tooLarge;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
    private boolean holding = true;
    private boolean forgetting;

    /** @param tooLarge what to do before anything passes that is not kept */
    KeptBody(ServletOutputStream out, int limit, Runnable tooLarge) {
        this.out = out;
        this.limit = limit;
        this.tooLarge = tooLarge;
    }

    byte[] held() {
        return held.toByteArray();
    }

    /**
     * Forgets what was held.
     *
     * @param above may hold some more, which is forgotten too
     */
    void restart(@Nullable PrintWriter above) {
        if (holding && above != null) {
            forgetting = true;
            above.flush();
            forgetting = false;
        }
        held.reset();
    }

    /** Lets what was held pass, and everything after it. */
    void release() throws IOException {
        if (holding) {
            holding = false;
            held.writeTo(out);
            held.reset();
        }
    }

    private boolean holds(int more) throws IOException {
        if (holding && !forgetting && more > limit - held.size()) {
            tooLarge.run();
            release();
        }
        return holding;
    }

    @Override
    public void write(int b) throws IOException {
        if (holds(1)) {
            held.write(b);
        } else {
            out.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (holds(length)) {
            held.write(bytes, offset, length);
        } else {
            out.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() throws IOException {
        if (!holding) {
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (!holding) {
            out.close();
        }
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        if (holding) {
            tooLarge.run();
            try {
                release();
            } catch (IOException e) {
                listener.onError(e);
            }
        }
        out.setWriteListener(listener);
    }
}
