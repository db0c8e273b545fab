package dev.coatcheck.formation.router;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Closes a connection after a response that came before the request was whole. What the client still sends is read and
 * dropped until it has had time to see the response: closing at once would reset the connection, and the response
 * might never be seen (RFC 9112, section 9.6). Whoever begins this bounds it in time.
 */
final class LingeringClose implements ChannelListener<ConduitStreamSourceChannel> {
    private final HttpServerConnection connection;
    private final StreamSourceConduit source;
    private final Runnable progress;

    private LingeringClose(HttpServerConnection connection, Runnable progress) {
        this.connection = connection;
        this.progress = progress;
        this.source = connection.getOriginalSourceConduit();
    }

    /** @param progress is run whenever the client has sent something */
    static void begin(HttpServerExchange exchange, Runnable progress) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        LingeringClose closing = new LingeringClose(connection, progress);
        connection.getChannel().getSourceChannel().setReadListener(closing);
        closing.source.wakeupReads();
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel channel) {
        try (PooledByteBuffer buffer = connection.getByteBufferPool().allocate()) {
            int read = source.read(buffer.getBuffer());
            if (read < 0) {
                IoUtils.safeClose(connection);
            } else if (read > 0) {
                progress.run();
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection);
        }
    }
}
