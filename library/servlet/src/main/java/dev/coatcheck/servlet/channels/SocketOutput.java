package dev.coatcheck.servlet.channels;

import static java.lang.System.Logger.Level.DEBUG;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** The way out of a WebSocket: one message at a time, each within a limit. Thread-safe. */
final class SocketOutput {
    private static final System.Logger LOG = System.getLogger(SocketOutput.class.getName());

    /** What a close frame has room for, in bytes. */
    private static final int MOST_REASON_BYTES = 123;

    private final Session session;
    private final Duration limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();

    SocketOutput(Session session, Duration limit) {
        this.session = session;
        this.limit = limit;
        session.getAsyncRemote().setSendTimeout(limit.toMillis());
        // Tomcat's own name for the limit of what is sent without being asynchronous, such as a close frame.
        session.getUserProperties().put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", limit.toMillis());
        // And of a client that does not answer to a close frame.
        session.getUserProperties().put("org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT", limit.toMillis());
    }

    void send(String text) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            session.getAsyncRemote().sendText(text).get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | IllegalStateException e) {
            throw new IOException("the client is gone: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the client has taken nothing for " + limit, e);
        } finally {
            lock.unlock();
        }
    }

    void ping() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IOException("the client is gone: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    /** Ends it, if it has not ended; a client that does not answer to that is cut off when the limit has passed. */
    void close(CloseCode code, String reason) {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            session.setMaxIdleTimeout(limit.toMillis());
            session.close(new CloseReason(code, fit(reason)));
        } catch (IOException | IllegalStateException e) {
            LOG.log(DEBUG, "a socket was closed already: {0}", e.getMessage());
        }
    }

    private static String fit(String reason) {
        var bytes = reason.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MOST_REASON_BYTES ? reason : "";
    }
}
