package dev.coatcheck.servlet.channels;

import java.io.ByteArrayOutputStream;

/** Events that are written together. After a burst it keeps no more memory than events usually need. For one thread. */
final class EventBatch {
    private static final int USUAL_BYTES = 1 << 10;

    private ByteArrayOutputStream events = new ByteArrayOutputStream(USUAL_BYTES);

    void add(byte[] bytes) {
        events.writeBytes(bytes);
    }

    int size() {
        return events.size();
    }

    /** What was added since it was asked last. */
    byte[] take() {
        var taken = events.toByteArray();
        if (taken.length > USUAL_BYTES) {
            events = new ByteArrayOutputStream(USUAL_BYTES); // it has grown, and would stay so
        } else {
            events.reset();
        }
        return taken;
    }
}
