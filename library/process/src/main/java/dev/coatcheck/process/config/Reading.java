package dev.coatcheck.process.config;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Something that is being read, on a thread of its own, which goes on when whoever waits for it does so no longer. */
final class Reading {
    private final FutureTask<Snapshot> task;
    private final Thread thread;
    private final long begun = System.nanoTime();

    private Reading(FutureTask<Snapshot> task) {
        this.task = task;
        this.thread = Thread.ofVirtual().name("coatcheck-secret").start(task);
    }

    static Reading begin(Callable<Snapshot> look) {
        return new Reading(new FutureTask<>(look));
    }

    boolean isOver() {
        return task.isDone();
    }

    /** How long ago it was begun. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Asks what reads to end, which it need not heed. */
    void interrupt() {
        thread.interrupt();
    }

    /** Waits for the end, whichever it is; false where it has not come in time, or this thread is interrupted, and stays so. */
    boolean awaitEnd(Duration limit) {
        try {
            var unused = task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException failed) {
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What was read, where it has ended. */
    Snapshot result() throws SecretException {
        return switch (task.state()) {
            case SUCCESS -> task.resultNow();
            case FAILED -> {
                if (task.exceptionNow() instanceof SecretException known) {
                    throw known;
                }
                throw new IllegalStateException("Reading failed in a way of its own", task.exceptionNow());
            }
            case RUNNING, CANCELLED -> throw new IllegalStateException("It has not ended");
        };
    }
}
