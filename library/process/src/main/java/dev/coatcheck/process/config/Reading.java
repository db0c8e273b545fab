package dev.coatcheck.process.config;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A place that is being read, on a thread of its own, so that whoever waits for it does so within a limit. */
final class Reading {
    private final FutureTask<String> task;
    private final Duration limit;
    private final long begun = System.nanoTime();

    private Reading(FutureTask<String> task, Duration limit) {
        this.task = task;
        this.limit = limit;
    }

    /** @param limit how long it may take from now */
    static Reading begin(Place place, Duration limit) {
        var task = new FutureTask<>(place::read);
        Thread.ofVirtual().name("coatcheck-secret").start(task);
        return new Reading(task, limit);
    }

    /** Waits for the text, and gives up the reading where it does not come in time. */
    String await() throws SecretException {
        try {
            return task.get(limit.toNanos() - (System.nanoTime() - begun), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            var cause = failed.getCause() == null ? failed : failed.getCause();
            if (cause instanceof SecretException known) {
                throw known;
            }
            // Without its message, of which nobody knows what it quotes.
            throw new SecretException("cannot be read (" + cause.getClass().getSimpleName() + ")");
        } catch (TimeoutException late) {
            throw new SecretException("gave no answer within " + limit.toSeconds() + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SecretException("was not waited for, since the thread was interrupted");
        } finally {
            task.cancel(true);
        }
    }
}
