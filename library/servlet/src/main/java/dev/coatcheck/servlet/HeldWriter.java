package dev.coatcheck.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/** {@link HeldStream} for characters: what encoding they get stays the container's business. */
final class HeldWriter extends Writer {
    private final PrintWriter out;
    private final CommitGate gate;
    private final int limit;
    private final StringBuilder held = new StringBuilder();
    private boolean holding = true;

    HeldWriter(PrintWriter out, CommitGate gate, int limit) {
        this.out = out;
        this.gate = gate;
        this.limit = limit;
    }

    void restart() {
        held.setLength(0);
        holding = true;
    }

    /** Holds back what comes from now on, besides what is held already. */
    void holdAgain() {
        holding = true;
    }

    void release() throws IOException {
        if (holding) {
            holding = false;
            if (gate.open()) {
                out.append(held);
            }
            held.setLength(0);
        }
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
        if (holding && length <= limit - held.length()) {
            held.append(characters, offset, length);
        } else {
            release();
            if (!gate.isRefused()) {
                // Whether the client is still there is not asked here: to ask flushes.
                out.write(characters, offset, length);
            }
        }
    }

    @Override
    public void flush() throws IOException {
        release();
        if (!gate.isRefused()) {
            failIfBroken(); // flushes
        }
    }

    @Override
    public void close() throws IOException {
        release();
        if (!gate.isRefused()) {
            out.close();
        }
    }

    private void failIfBroken() throws IOException {
        if (out.checkError()) {
            throw new IOException("the client is gone");
        }
    }
}
