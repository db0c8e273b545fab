package dev.coatcheck.azure;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer as they come from the store, a few ahead of who reads them. The platform's own stream of a response
 * waits for ever; this one for a limited time. Not for several threads.
 */
final class AnswerContent extends InputStream implements BodySubscriber<AnswerContent> {
    /** What is read of an answer that nobody wants, to keep its connection. */
    private static final int WORTH_READING = 1 << 16;

    /** And for how long: a new connection is made sooner. */
    private static final Duration WORTH_WAITING = Duration.ofSeconds(1);

    private final Duration patience;
    /** When all of it is to have been read, by {@link System#nanoTime()}; empty where each piece has a time of its own. */
    private OptionalLong deadline = OptionalLong.empty();
    /** There is never more in it than a piece that was asked for, and the end. */
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(2);

    private final Queue<ByteBuffer> piece = new ArrayDeque<>();
    private volatile @Nullable Subscription subscription;
    private volatile boolean closed;
    private boolean ended;

    private sealed interface Event {
        record Came(List<ByteBuffer> piece) implements Event {}

        record Ended(Optional<Throwable> failure) implements Event {}
    }

    /** @param patience how long the store may pause */
    AnswerContent(Duration patience) {
        this.patience = patience;
    }

    @Override
    public CompletionStage<AnswerContent> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    /** Comes on a thread of its own: whoever was given this already may have closed it before. */
    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        events.add(new Event.Came(piece));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new Event.Ended(Optional.of(failure)));
    }

    @Override
    public void onComplete() {
        events.add(new Event.Ended(Optional.empty()));
    }

    @Override
    public int read() throws IOException {
        var single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the stream was closed");
        }
        if (length == 0) {
            return 0;
        }
        while (!ended && (piece.isEmpty() || !piece.element().hasRemaining())) {
            advance();
        }
        if (ended) {
            return -1;
        }
        int count = Math.min(length, piece.element().remaining());
        piece.element().get(buffer, offset, count);
        return count;
    }

    /** To what there is next: another buffer, another piece, the end. */
    private void advance() throws IOException {
        piece.poll();
        if (!piece.isEmpty()) {
            return;
        }
        switch (next()) {
            case Event.Came came -> {
                piece.addAll(came.piece());
                request();
            }
            case Event.Ended(var failure) -> {
                ended = true;
                if (failure.isPresent()) {
                    close();
                    throw new IOException("the store ended an answer too early: " + failure.get(), failure.get());
                }
            }
        }
    }

    private Event next() throws IOException {
        long longest = patience.toNanos();
        long wait = deadline.isEmpty() ? longest : Math.min(longest, deadline.getAsLong() - System.nanoTime());
        try {
            var event = events.poll(wait, TimeUnit.NANOSECONDS);
            if (event == null) {
                close();
                throw new IOException(
                        wait == longest
                                ? "the store has sent nothing of an answer for " + patience
                                : "the store has not sent all of an answer in time");
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new InterruptedIOException("interrupted while an answer of the store was read");
        }
    }

    private void request() {
        var source = subscription;
        if (source != null) {
            source.request(1);
        }
    }

    /**
     * This, all of which is to be read by then.
     *
     * @param deadline by {@link System#nanoTime()}
     */
    AnswerContent until(long deadline) {
        this.deadline = OptionalLong.of(deadline);
        return this;
    }

    /** Reads a short rest that is there in a moment, so that the connection can be used again, and closes. */
    void end() {
        until(System.nanoTime() + WORTH_WAITING.toNanos());
        try (this) {
            if (!closed) {
                skip(WORTH_READING);
            }
        } catch (IOException e) {
            // Its connection is not used again.
        }
    }

    /**
     * Ends the connection where there is more to come: to read on, so as to keep it, could take long. May be called by any
     * thread, and before there is something to be read.
     */
    @Override
    public void close() {
        closed = true;
        var source = subscription;
        if (source != null) {
            source.cancel();
        }
    }
}
