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
    private final CompletableFuture<Void> killing;
    private final CompletableFuture<Void> unwanted;

    /** A change that ended early. */
    static final class AbortedException extends Exception {
        private static final long serialVersionUID = 1;

        AbortedException(String message) {
            super(message);
        }
    }

    private Abort(CompletableFuture<Void> stopping, CompletableFuture<Void> killing, CompletableFuture<Void> unwanted) {
        this.stopping = stopping;
        this.killing = killing;
        this.unwanted = unwanted;
    }

    /**
     * When the formation stops.
     *
     * @param killing completes where nothing is to be waited for any more; stopping has completed by then
     */
    static Abort onStop(CompletableFuture<Void> stopping, CompletableFuture<Void> killing) {
        return new Abort(stopping, killing, new CompletableFuture<>());
    }

    /** When this is completed, too. */
    Abort or(CompletableFuture<Void> nowUnwanted) {
        return new Abort(stopping, killing, nowUnwanted);
    }

    /** For what has to be done in any case, unless the formation stops. */
    Abort onlyOnStop() {
        return onStop(stopping, killing);
    }

    boolean isStop() {
        return stopping.isDone();
    }

    /** Whether what runs has no more time to end in order. */
    boolean isKill() {
        return killing.isDone();
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
