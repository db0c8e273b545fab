package dev.coatcheck.formation;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Ends a change early: because the formation is to stop, or because whoever asked for the change no longer wants it. Safe for
 * use by several threads.
 */
final class Abort {
    private final CompletableFuture<Void> stopping;
    private final CompletableFuture<Void> unwanted;

    /** A change that ended early. */
    static final class AbortedException extends Exception {
        private static final long serialVersionUID = 1;

        AbortedException(String message) {
            super(message);
        }
    }

    private Abort(CompletableFuture<Void> stopping, CompletableFuture<Void> unwanted) {
        this.stopping = stopping;
        this.unwanted = unwanted;
    }

    /** Early when either completes. */
    static Abort when(CompletableFuture<Void> stopping, CompletableFuture<Void> unwanted) {
        return new Abort(stopping, unwanted);
    }

    /** For what has to be done in any case, unless the formation stops. */
    Abort onlyOnStop() {
        return new Abort(stopping, new CompletableFuture<>());
    }

    boolean isAsked() {
        return stopping.isDone() || unwanted.isDone();
    }

    void goOn() throws AbortedException {
        if (stopping.isDone()) {
            throw new AbortedException("the formation was stopped meanwhile");
        }
        if (unwanted.isDone()) {
            throw new AbortedException("it was interrupted");
        }
    }

    /** What the future completes with, unless the end is asked for first. */
    <T> T await(CompletableFuture<T> future) throws AbortedException, InterruptedException {
        try {
            CompletableFuture.anyOf(future, stopping, unwanted).get();
            goOn();
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (CancellationException e) {
            throw new AbortedException("it was interrupted");
        }
    }
}
