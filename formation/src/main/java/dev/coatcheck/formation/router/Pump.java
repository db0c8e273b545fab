package dev.coatcheck.formation.router;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Moves bytes from a source to a sink as they come, and shuts the sink down after the last one. At most one buffer of
 * bytes is ever on its way: while the sink takes nothing, nothing is read. While the source gives nothing, what has
 * been written is flushed and no buffer is held, so that an event stream is never late and a quiet one costs nothing.
 *
 * <p>Runs on the thread of its channels.
 *
 * <p>Undertow's own {@code Transfer} does not flush a response's head before the first byte of its body, does not say
 * which of both ends failed, and cannot be stopped.
 */
final class Pump {
    /** After so many buffers in a row the other channels of the thread have their turn. */
    private static final int TURN = 16;

    /** What the owner of a pump is told. After {@link #stop()}, and after any of the last four, nothing more. */
    interface Observer {
        /** Bytes were read, or written, so that neither end is idle. */
        default void moved(long read) {}

        /** These bytes were read, and are written next; the buffer is not to be moved. */
        default void passing(ByteBuffer bytes) {}

        /** The source is at its end; its last bytes may still be on their way. */
        default void sourceEnded() {}

        /** The sink has taken everything and is shut down. */
        void finished();

        default void sourceFailed(IOException failure) {
            failed();
        }

        default void sinkFailed(IOException failure) {
            failed();
        }

        /** For whom it is all the same which end has failed. */
        default void failed() {}
    }

    private final @Nullable StreamSourceChannel source;
    private final StreamSinkChannel sink;
    private final ByteBufferPool pool;
    private final Observer observer;

    private @Nullable PooledByteBuffer held;
    private boolean sourceEnded;
    private boolean reading;
    private boolean stopped;
    private boolean sinkBlocked;

    /**
     * @param source null where {@code first} is everything
     * @param first what to write before anything of the source, if not null; belongs to the pump from now on
     */
    Pump(
            @Nullable StreamSourceChannel source,
            StreamSinkChannel sink,
            @Nullable PooledByteBuffer first,
            ByteBufferPool pool,
            Observer observer) {
        this.source = source;
        this.sink = sink;
        this.held = first;
        this.pool = pool;
        this.observer = observer;
        this.sourceEnded = source == null;
    }

    /** Begins. Without {@code first}, what has been written before is flushed before the source is looked at. */
    void start() {
        if (source != null) {
            source.getReadSetter().set(channel -> run());
        }
        sink.getWriteSetter().set(channel -> run());
        if (source != null && held == null) {
            awaitSource();
        } else {
            run();
        }
    }

    /** Ends the pump where it is; both channels are left as they are, without being watched. */
    void stop() {
        stopped = true;
        letGo();
        if (source != null) {
            source.suspendReads();
        }
        sink.suspendWrites();
    }

    /** Whether bytes have been read that the sink has not taken yet. */
    boolean isHolding() {
        return held != null;
    }

    /** Whether everything has been handed to the sink, although it may not have passed all of it on yet. */
    boolean isAtEnd() {
        return sourceEnded && held == null;
    }

    /** Whether it goes on: it was not stopped, and neither is finished nor has failed. */
    boolean isRunning() {
        return !stopped;
    }

    /** Whether nothing keeps it from its end but the sink; where it is reading just now, that is about to be seen. */
    boolean isOnlyWriting() {
        return !stopped && (sourceEnded || reading);
    }

    /** Whether it is the sink that keeps the pump waiting. */
    boolean isSinkBlocked() {
        return sinkBlocked;
    }

    private void run() {
        for (int i = 0; i < TURN && !stopped; i++) {
            if (!step()) {
                return;
            }
        }
        if (!stopped) {
            if (source != null) {
                source.suspendReads();
            }
            sink.suspendWrites();
            sink.getIoThread().execute(this::run);
        }
    }

    /** Returns whether there may be more to do at once. */
    private boolean step() {
        if (held != null) {
            return write(held.getBuffer());
        }
        return sourceEnded ? finish() : read();
    }

    private boolean write(ByteBuffer pending) {
        try {
            while (pending.hasRemaining()) {
                int written = sink.write(pending);
                if (!stopped && written > 0) {
                    observer.moved(0);
                }
                if (stopped) {
                    return false;
                }
                if (written == 0) {
                    awaitSink();
                    return false;
                }
            }
        } catch (IOException | RuntimeException e) {
            failed(e, false);
            return false;
        }
        letGo();
        return true;
    }

    private boolean read() {
        PooledByteBuffer buffer = pool.allocate();
        held = buffer;
        int read;
        reading = true;
        try {
            read = source == null ? -1 : source.read(buffer.getBuffer());
        } catch (IOException | RuntimeException e) {
            failed(e, true);
            return false;
        } finally {
            reading = false;
        }
        if (stopped) {
            letGo();
            return false;
        }
        if (read > 0) {
            buffer.getBuffer().flip();
            observer.passing(buffer.getBuffer());
            observer.moved(read);
            return true;
        }
        letGo();
        if (read < 0) {
            sourceEnded = true;
            observer.sourceEnded();
            return !stopped;
        }
        awaitSource();
        return false;
    }

    private void awaitSource() {
        try {
            sinkBlocked = !sink.flush();
        } catch (IOException | RuntimeException e) {
            failed(e, false);
            return;
        }
        if (!stopped && source != null) {
            if (sinkBlocked) {
                sink.resumeWrites();
            } else {
                sink.suspendWrites();
            }
            source.resumeReads();
        }
    }

    private void awaitSink() {
        sinkBlocked = true;
        if (source != null) {
            source.suspendReads();
        }
        sink.resumeWrites();
    }

    private boolean finish() {
        try {
            sink.shutdownWrites();
            if (!stopped && !sink.flush()) {
                awaitSink();
                return false;
            }
        } catch (IOException | RuntimeException e) {
            failed(e, false);
            return false;
        }
        if (!stopped) {
            stopped = true;
            sink.suspendWrites();
            observer.finished();
        }
        return false;
    }

    private void failed(Exception failure, boolean atSource) {
        if (stopped) {
            letGo();
            return;
        }
        stop();
        IOException reason = failure instanceof IOException io ? io : new IOException(failure);
        if (atSource) {
            observer.sourceFailed(reason);
        } else {
            observer.sinkFailed(reason);
        }
    }

    private void letGo() {
        if (held != null) {
            held.close();
            held = null;
        }
    }
}
