package dev.coatcheck.prove.record;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes of a body, as long as neither it nor all bodies together are too many. For one thread. */
final class Kept {
    /** Of one body. */
    static final int MOST = 32 << 20;

    private final AtomicLong budget;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long length;
    private boolean complete = true;

    /** @param budget how many bytes all bodies may still have */
    Kept(AtomicLong budget) {
        this.budget = budget;
    }

    void add(byte[] buffer, int count) {
        length += count;
        if (complete && length <= MOST && budget.addAndGet(-count) >= 0) {
            bytes.write(buffer, 0, count);
        } else if (complete) {
            complete = false;
            bytes.reset();
        }
    }

    /** How many bytes there were. */
    long length() {
        return length;
    }

    /** All of them; none, where they were too many. */
    byte[] bytes() {
        return bytes.toByteArray();
    }

    boolean isComplete() {
        return complete;
    }
}
