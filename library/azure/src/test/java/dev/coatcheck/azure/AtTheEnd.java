package dev.coatcheck.azure;

import java.io.IOException;
import java.io.InputStream;

/** A stream without bytes, which does something when that is found out. */
final class AtTheEnd extends InputStream {
    private final Step step;

    /** What is done, perhaps to fail. */
    interface Step {
        void run() throws IOException;
    }

    AtTheEnd(Step step) {
        this.step = step;
    }

    @Override
    public int read() throws IOException {
        step.run();
        return -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return read();
    }
}
