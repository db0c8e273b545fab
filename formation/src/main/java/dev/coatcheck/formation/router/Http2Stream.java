package dev.coatcheck.formation.router;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import org.xnio.IoUtils;

/** The client of a request that came over HTTP/2: what happens to it leaves the connection's other streams alone. */
final class Http2Stream implements ClientEnd {
    private final Http2Client client;
    private final Http2StreamSourceChannel stream;
    private final HttpServerExchange exchange;
    private boolean reset;

    Http2Stream(Http2Client client, Http2StreamSourceChannel stream, HttpServerExchange exchange) {
        this.client = client;
        this.stream = stream;
        this.exchange = exchange;
    }

    @Override
    public void requestRead() {}

    /** Undertow says nothing of a stream that is reset, or whose connection ends, until somebody writes to it. */
    @Override
    public boolean hasLeft() {
        return !reset
                && !exchange.isResponseComplete()
                && !stream.getResponseChannel().isOpen();
    }

    /**
     * Reads on, although RFC 9113 (section 8.1) has a reset without error for this: Undertow takes what a client still
     * sends after a reset for a breach of the protocol, and would close the connection under all other streams.
     */
    @Override
    public void dropRestOfRequest(Runnable progress) {
        stream.getReadSetter().set(readable -> drop(progress));
        stream.wakeupReads();
    }

    private void drop(Runnable progress) {
        progress.run();
        try (PooledByteBuffer buffer = client.channel().getBufferPool().allocate()) {
            int read;
            do {
                read = stream.read(buffer.getBuffer().clear());
            } while (read > 0);
            if (read < 0) {
                stream.suspendReads();
            }
        } catch (IOException e) {
            stream.suspendReads();
        }
    }

    @Override
    public void cut() {
        if (!hasLeft()) {
            reset(Http2Channel.ERROR_INTERNAL_ERROR);
        }
    }

    @Override
    public void over() {
        client.streamOver(hasLeft());
        if (stream.isOpen()) {
            // What has arrived of its body and nobody reads would hold up the connection's other streams.
            stream.setIgnoreForceClose(true);
            IoUtils.safeClose(stream);
        }
    }

    private void reset(int reason) {
        if (!reset) {
            reset = true;
            client.channel().sendRstStream(stream.getStreamId(), reason);
        }
    }
}
