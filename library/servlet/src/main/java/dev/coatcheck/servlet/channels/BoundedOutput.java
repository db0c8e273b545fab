package dev.coatcheck.servlet.channels;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A response that one thread writes to, each write within a limit: the container never blocks in it, so that a client which
 * takes nothing costs a wait and no thread of the container's.
 */
final class BoundedOutput implements WriteListener {
    private final ServletOutputStream out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean begun;
    private boolean called;
    private @Nullable Throwable failure;

    private BoundedOutput(ServletOutputStream out) {
        this.out = out;
    }

    /** @param out of an asynchronous request */
    static BoundedOutput of(ServletOutputStream out) {
        var bounded = new BoundedOutput(out);
        out.setWriteListener(bounded);
        return bounded;
    }

    /** Writes all of it and sends it. */
    void write(byte[] bytes, Duration limit) throws IOException, InterruptedException {
        awaitReady(limit);
        out.write(bytes);
        awaitReady(limit);
        out.flush();
    }

    private void awaitReady(Duration limit) throws IOException, InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            // Before its first call the container is not asked.
            while (failure == null && !begun && left > 0) {
                left = changed.awaitNanos(left);
            }
            while (failure == null && begun && left > 0) {
                called = false;
                if (isReady()) {
                    return;
                }
                while (failure == null && !called && left > 0) {
                    left = changed.awaitNanos(left);
                }
            }
            if (failure != null) {
                throw new IOException("the client is gone: " + failure.getMessage(), failure);
            }
            throw new IOException("the client has taken nothing for " + limit);
        } finally {
            lock.unlock();
        }
    }

    /** Not under the lock, since the container may hold one of its own while it calls. */
    private boolean isReady() {
        lock.unlock();
        try {
            return out.isReady();
        } finally {
            lock.lock();
        }
    }

    @Override
    public void onWritePossible() {
        lock.lock();
        try {
            begun = true;
            called = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable failure) {
        lock.lock();
        try {
            this.failure = failure;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
