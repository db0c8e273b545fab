package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * Decides how the body of a request is sent, and reads it first where it is small: then it can be sent again to
 * another instance, it has been found well-formed, and no instance waits for a slow client.
 *
 * <p>Small is a {@code Content-Length} within the limit, or a chunked body that has arrived in full already. A chunked
 * body that has not is passed on as it comes, since its client may wait for the answer before it ends it. So is the
 * body of a client that expects {@code 100 Continue}: that is for the instance to say.
 */
final class BodyReader {
    private static final int FIRST_LOOK = 16 << 10;

    private final StreamSourceChannel channel;
    private final ByteBuffer buffer;
    private final boolean whole;
    private final Consumer<RequestBody> done;
    private final Consumer<IOException> failed;
    private final IntConsumer progress;

    private BodyReader(
            StreamSourceChannel channel,
            ByteBuffer buffer,
            boolean whole,
            Consumer<RequestBody> done,
            Consumer<IOException> failed,
            IntConsumer progress) {
        this.channel = channel;
        this.buffer = buffer;
        this.whole = whole;
        this.done = done;
        this.failed = failed;
        this.progress = progress;
    }

    /** How much memory the body of this request needs to be buffered; 0 where it is not. */
    static int bufferSize(HttpServerExchange exchange, RouterSettings.Limits limits) {
        if (exchange.isRequestComplete() || HttpContinue.requiresContinueResponse(exchange.getRequestHeaders())) {
            return 0;
        }
        long length = exchange.getRequestContentLength();
        long size = length >= 0 ? length : Math.min(FIRST_LOOK, limits.bufferedBody());
        return size > limits.bufferedBody() ? 0 : (int) size;
    }

    /**
     * Calls {@code done} or {@code failed}, at once or later, on this thread.
     *
     * @param bufferSize what {@link #bufferSize} said, or 0 to stream
     * @param progress told whenever bytes have arrived, how many in all
     */
    static void read(
            HttpServerExchange exchange,
            int bufferSize,
            Consumer<RequestBody> done,
            Consumer<IOException> failed,
            IntConsumer progress) {
        if (exchange.isRequestComplete()) {
            done.accept(new RequestBody.None());
            return;
        }
        if (exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
            ChunkedBody.install(exchange);
        }
        StreamSourceChannel channel = exchange.getRequestChannel();
        if (bufferSize == 0) {
            done.accept(new RequestBody.Streamed(null, channel));
        } else {
            boolean whole = exchange.getRequestContentLength() >= 0;
            // One more than the size, so that reading on finds the end of a body that fills it.
            ByteBuffer buffer = ByteBuffer.allocate(bufferSize + 1);
            new BodyReader(channel, buffer, whole, done, failed, progress).read();
        }
    }

    private void read() {
        @Nullable RequestBody body = null;
        try {
            int read = channel.read(buffer);
            while (read > 0 && buffer.hasRemaining()) {
                progress.accept(buffer.position());
                read = channel.read(buffer);
            }
            if (whole && isOfAnotherLength(read < 0)) {
                throw new EOFException("The request body is shorter or longer than announced");
            }
            if (read < 0) {
                body = new RequestBody.Buffered(buffer.flip());
            } else if (!whole) {
                body = new RequestBody.Streamed(buffer.flip(), channel);
            }
        } catch (IOException e) {
            channel.suspendReads();
            failed.accept(e);
            return;
        }
        if (body == null) {
            channel.getReadSetter().set(readable -> read());
            channel.resumeReads();
        } else {
            channel.suspendReads();
            done.accept(body);
        }
    }

    /** Over HTTP/2 the end of a body is told apart from its announced length, and need not agree with it. */
    private boolean isOfAnotherLength(boolean atEnd) {
        int announced = buffer.capacity() - 1;
        return atEnd ? buffer.position() != announced : buffer.position() > announced;
    }
}
