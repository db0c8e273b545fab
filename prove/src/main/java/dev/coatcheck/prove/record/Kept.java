package dev.coatcheck.prove.record;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of a body, as long as neither it nor all bodies together are too many. One that is dropped gives its part of the
 * budget back. Thread-safe.
 */
final class Kept {
    /** Of one body. */
    static final int MOST = 32 << 20;

    private final AtomicLong budget;
    private final long most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long length;
    private boolean complete = true;

    /** @param budget how many bytes all bodies may still have */
    Kept(AtomicLong budget) {
        this(budget, MOST);
    }

    private Kept(AtomicLong budget, long most) {
        this.budget = budget;
        this.most = most;
    }

    /** For a body that no reader wants. */
    static Kept lengthAlone() {
        return new Kept(new AtomicLong(), 0);
    }

    synchronized void add(byte[] buffer, int count) {
        length += count;
        if (!complete) {
            return;
        }
        boolean fits = budget.addAndGet(-count) >= 0 && length <= most;
        if (fits) {
            bytes.write(buffer, 0, count);
        } else {
            budget.addAndGet(bytes.size() + count);
            complete = false;
            bytes.reset();
        }
    }

    /** How many bytes there were. */
    synchronized long length() {
        return length;
    }

    /** All of them; none, where they were too many. */
    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    synchronized boolean isComplete() {
        return complete;
    }

    /** Whether it was wanted, and was too large. */
    synchronized boolean isCut() {
        return !complete && most > 0;
    }
}
