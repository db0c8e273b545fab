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
 * Notices that a client leaves while its request is held or answered, and closes the connection then, which ends the
 * exchange. Undertow itself reads nothing from a client between the end of its request and the end of the response,
 * so that it would notice no sooner than when it writes.
 *
 * <p>A client that has only closed its half of the connection counts as gone, as it does for nginx and for Go. One that
 * sends its next request early is not watched any longer; what it sent is put back.
 */
final class DepartureWatch implements ChannelListener<ConduitStreamSourceChannel> {
    private final HttpServerConnection connection;
    private final StreamSourceConduit source;

    private DepartureWatch(HttpServerConnection connection) {
        this.connection = connection;
        this.source = connection.getOriginalSourceConduit();
    }

    /** Watches from now until Undertow reads the next request. The body of this one must have been read. */
    static void begin(HttpServerExchange exchange) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        if (connection.getExtraBytes() == null) {
            DepartureWatch watch = new DepartureWatch(connection);
            connection.getChannel().getSourceChannel().setReadListener(watch);
            watch.source.resumeReads();
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel channel) {
        PooledByteBuffer buffer = connection.getByteBufferPool().allocate();
        boolean putBack = false;
        try {
            int read = source.read(buffer.getBuffer());
            if (read > 0) {
                source.suspendReads();
                buffer.getBuffer().flip();
                putBack = true;
            } else if (read < 0) {
                IoUtils.safeClose(connection);
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection);
        } finally {
            if (putBack) {
                connection.ungetRequestBytes(buffer);
            } else {
                buffer.close();
            }
        }
    }
}
