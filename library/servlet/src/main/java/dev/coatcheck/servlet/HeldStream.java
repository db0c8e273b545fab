package dev.coatcheck.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Keeps the first bytes of a body back, as many as the container's own buffer would take, until the session has been
 * saved; from then on everything passes through. Counting what was written would not do: containers commit at sizes of
 * their own, such as at a single large write.
 */
final class HeldStream extends ServletOutputStream {
    private final ServletOutputStream out;
    private final CommitGate gate;
    private final int limit;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
    private boolean holding = true;

    /** Whether the container has bytes of this body. */
    private boolean passed;

    HeldStream(ServletOutputStream out, CommitGate gate, int limit) {
        this.out = out;
        this.gate = gate;
        this.limit = limit;
    }

    /** How many bytes the whole body has, if it ends here: -1 where some have passed already. */
    long heldLength() {
        return passed ? -1 : held.size();
    }

    /** Begins anew, after the container forgot its own buffer. */
    void restart() {
        held.reset();
        holding = true;
        passed = false;
    }

    /** Holds back what comes from now on, besides what is held already. */
    void holdAgain() {
        holding = true;
    }

    /** Lets what was held pass, and everything after it. */
    void release() throws IOException {
        if (holding) {
            holding = false;
            if (gate.open()) {
                passed |= held.size() > 0;
                held.writeTo(out);
            }
            held.reset();
        }
    }

    @Override
    public void write(int b) throws IOException {
        if (holding && held.size() < limit) {
            held.write(b);
        } else {
            release();
            if (!gate.isRefused()) {
                passed = true;
                out.write(b);
            }
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (holding && length <= limit - held.size()) {
            held.write(bytes, offset, length);
        } else {
            release();
            if (!gate.isRefused()) {
                passed = true;
                out.write(bytes, offset, length);
            }
        }
    }

    @Override
    public void flush() throws IOException {
        release();
        if (!gate.isRefused()) {
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        release();
        if (!gate.isRefused()) {
            out.close();
        }
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        try {
            release();
        } catch (IOException e) {
            listener.onError(e);
        }
        passed = true;
        out.setWriteListener(listener);
    }
}
