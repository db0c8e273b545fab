package dev.coatcheck.formation.router;

import org.xnio.IoUtils;
import org.xnio.ssl.SslConnection;

/**
 * Lets a client go that has connected and does not get on with the TLS handshake. Undertow's own limits begin only with
 * the protocol that the handshake chooses.
 */
final class Handshake implements EventLoop.Timed {
    private final SslConnection connection;
    private final EventLoop loop;
    private final long deadline;

    private Handshake(SslConnection connection, EventLoop loop, long deadline) {
        this.connection = connection;
        this.loop = loop;
        this.deadline = deadline;
    }

    static void begin(SslConnection connection, EventLoop loop, long limit) {
        loop.begin(new Handshake(connection, loop, System.nanoTime() + limit));
    }

    @Override
    public void tick(long now) {
        // What is negotiated is unknown until the handshake is complete.
        boolean complete = !connection.getSslSession().getCipherSuite().equals("SSL_NULL_WITH_NULL_NULL");
        if (complete || !connection.isOpen()) {
            loop.end(this);
        } else if (now - deadline > 0) {
            loop.end(this);
            IoUtils.safeClose(connection);
        }
    }

    @Override
    public void abort() {
        IoUtils.safeClose(connection);
    }
}
