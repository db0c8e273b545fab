package dev.coatcheck.process.lifecycle;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One thing to do when the process stops. */
record Step(Phase phase, String name, AutoCloseable action) {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    /** Begins on a thread of its own: a step that hangs must not keep the others from running. */
    Running begin() {
        var task = new FutureTask<>(this::run);
        // A daemon, so that one that ignores its interrupt does not keep the JVM alive; a platform thread, so that one
        // that spins cannot occupy what virtual threads run on.
        var thread = Thread.ofPlatform().name("stop-" + name).daemon().start(task);
        return new Running(this, task, thread);
    }

    private boolean run() {
        var begun = System.nanoTime();
        try {
            action.close();
            described(log.atDebug(), begun).log("Stopped {}", name);
            return true;
        } catch (Throwable failure) {
            // Of any kind: a missing class here is no reason to leave the rest open.
            described(log.atError(), begun).setCause(failure).log("Stopping {} failed", name);
            return false;
        }
    }

    private LoggingEventBuilder described(LoggingEventBuilder event, long begun) {
        return event.addKeyValue("phase", phase)
                .addKeyValue(
                        "millis", Duration.ofNanos(System.nanoTime() - begun).toMillis());
    }

    /** A step under way. */
    record Running(Step step, FutureTask<Boolean> task, Thread thread) {

        /** Waits for its end, at most until {@code deadline} by {@link System#nanoTime}; whether it ended well. */
        boolean awaitUntil(long deadline) throws InterruptedException {
            try {
                return task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException impossible) {
                throw new IllegalStateException("A step lets nothing out", impossible);
            } catch (TimeoutException overrun) {
                // Where the step hangs is worth more than where it was waited for.
                overrun.setStackTrace(thread.getStackTrace());
                log.atError()
                        .addKeyValue("phase", step.phase)
                        .setCause(overrun)
                        .log("Stopping {} takes too long; it is interrupted and no longer waited for", step.name);
                // The task is not cancelled: one whose thread has not come to run yet would never be done.
                thread.interrupt();
                return false;
            }
        }
    }
}
