package dev.coatcheck.state.channels;

import static java.lang.System.Logger.Level.ERROR;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Asks again and again, on one thread, whether this process was told of everything. */
final class Checks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Channels.class.getName());

    private final Duration interval;
    private final Runnable check;
    private final Thread thread =
            Thread.ofVirtual().name("coatcheck-channels-check").unstarted(this::run);
    private boolean started;
    private volatile boolean closed;

    /** @param check does not wait for the store */
    Checks(Duration interval, Runnable check) {
        this.interval = interval;
        this.check = check;
    }

    /** Begins, if nobody has. */
    synchronized void start() {
        if (!started && !closed) {
            started = true;
            thread.start();
        }
    }

    private void run() {
        while (true) {
            LockSupport.parkNanos(interval.toNanos());
            if (closed) {
                return;
            }
            try {
                check.run();
            } catch (Throwable e) {
                // Errors too, such as one of memory: nothing would ever be checked again.
                LOG.log(ERROR, "a check of the topics failed; going on", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
