package dev.coatcheck.servlet.channels;

import java.io.ByteArrayOutputStream;

/** Events that are written together. After a burst it keeps no more memory than events usually need. For one thread. */
final class EventBatch {
    static final int USUAL_BYTES = 1 << 10;

    private Buffer events = new Buffer();

    /** Says how much it holds. */
    private static final class Buffer extends ByteArrayOutputStream {
        Buffer() {
            super(USUAL_BYTES);
        }

        int capacity() {
            return buf.length;
        }
    }

    void add(byte[] bytes) {
        events.writeBytes(bytes);
    }

    int size() {
        return events.size();
    }

    /** How much memory it holds, in bytes. */
    int capacity() {
        return events.capacity();
    }

    /** What was added since it was asked last. */
    byte[] take() {
        var taken = events.toByteArray();
        if (events.capacity() > USUAL_BYTES) {
            events = new Buffer();
        } else {
            events.reset();
        }
        return taken;
    }
}
