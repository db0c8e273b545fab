package dev.coatcheck.formation.router;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.util.ImmediatePooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * A client and an instance that speak WebSocket, for as long as both want to. What one sends the other gets, unread;
 * when one has ended its half, so does the other's. Its instance may have been removed long before.
 *
 * <p>Where the instance goes without the word that ends a WebSocket, because it was killed or its connection broke, the
 * client is told {@link WebSocketFrames#SERVICE_RESTART}, so that it comes back, instead of a connection that breaks.
 * Where the router closes, it is told {@link WebSocketFrames#GOING_AWAY}. Both can be said between two frames only; in
 * the middle of one the connection just ends.
 */
final class Tunnel implements EventLoop.Timed {
    /** Once one side has said its last word, the other has this long for its own. */
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    private static final Duration LAST_WORD_TO_ROUTER = Duration.ofSeconds(2);

    private enum State {
        JOINED,
        /** The instance is gone, and the client has been told, by the router or before by the instance. */
        PARTING,
        CLOSED
    }

    private final StreamConnection client;
    private final StreamConnection instance;
    private final Upstream upstream;
    private final EventLoop loop;
    private final RouterContext router;
    private final WebSocketFrames toClient = new WebSocketFrames();
    private final Pump up;
    private final Pump down;
    private @Nullable Pump farewell;
    private State state = State.JOINED;
    private long idleLimit;
    private long lastMoved = System.nanoTime();
    private long leaveAt = Long.MAX_VALUE;
    private boolean leaving;
    private boolean upEnded;
    private boolean downEnded;
    private boolean instanceDeaf;
    private boolean instanceGone;

    private Tunnel(
            StreamConnection client,
            StreamConnection instance,
            Upstream upstream,
            EventLoop loop,
            RouterContext router) {
        this.client = client;
        this.instance = instance;
        this.upstream = upstream;
        this.loop = loop;
        this.router = router;
        this.idleLimit = router.settings().timeouts().stream().toNanos();
        this.up = pump(client.getSourceChannel(), instance.getSinkChannel(), new Upwards());
        this.down = pump(instance.getSourceChannel(), client.getSinkChannel(), new Downwards());
    }

    /** Both connections belong to the tunnel from now on, which has been counted in, and counts itself out. */
    static Tunnel open(
            StreamConnection client,
            StreamConnection instance,
            Upstream upstream,
            EventLoop loop,
            RouterContext router) {
        Tunnel tunnel = new Tunnel(client, instance, upstream, loop, router);
        loop.begin(tunnel);
        if (router.isClosing()) {
            tunnel.leave(Duration.ZERO);
        }
        tunnel.up.start();
        tunnel.down.start();
        return tunnel;
    }

    private Pump pump(StreamSourceChannel from, StreamSinkChannel to, Pump.Observer observer) {
        return new Pump(from, to, null, router.buffers(), observer);
    }

    private abstract class Direction implements Pump.Observer {
        @Override
        public void moved(long read) {
            lastMoved = System.nanoTime();
        }

        /** Whoever has not said its last word yet does it now, or never. */
        final void awaitLastWord() {
            lastMoved = System.nanoTime();
            idleLimit = Math.min(idleLimit, LAST_WORD.toNanos());
        }

        @Override
        public void failed() {
            close();
        }
    }

    private final class Upwards extends Direction {
        @Override
        public void passing(ByteBuffer bytes) {
            router.metrics().bytesReceived.add(bytes.remaining());
        }

        @Override
        public void finished() {
            upEnded = true;
            awaitLastWord();
            if (downEnded) {
                close();
            }
        }

        /** The instance takes no more: it is gone, or about to say why. That is read from it next, if it has not been. */
        @Override
        public void sinkFailed(IOException failure) {
            instanceDeaf = true;
            awaitLastWord();
            if (downEnded) {
                awaitClientAlone();
            }
        }
    }

    private final class Downwards extends Direction {
        @Override
        public void passing(ByteBuffer bytes) {
            toClient.passed(bytes);
            router.metrics().bytesSent.add(bytes.remaining());
        }

        @Override
        public void finished() {
            downEnded = true;
            awaitLastWord();
            if (upEnded) {
                close();
            } else if (instanceDeaf) {
                awaitClientAlone();
            }
        }

        @Override
        public void sourceEnded() {
            if (toClient.mayAddFrame()) {
                part(WebSocketFrames.SERVICE_RESTART);
            }
        }

        @Override
        public void sourceFailed(IOException failure) {
            part(WebSocketFrames.SERVICE_RESTART);
        }
    }

    /** Lets the instance go, and tells the client so where it can be told; then waits for the client to end it. */
    private void part(int code) {
        if (state != State.JOINED) {
            return;
        }
        state = State.PARTING;
        up.stop();
        down.stop();
        letInstanceGo();
        lastMoved = System.nanoTime();
        idleLimit = Math.min(idleLimit, (leaving ? LAST_WORD_TO_ROUTER : LAST_WORD).toNanos());
        PooledByteBuffer word =
                toClient.mayAddFrame() ? new ImmediatePooledByteBuffer(WebSocketFrames.close(code)) : null;
        farewell = new Pump(null, client.getSinkChannel(), word, router.buffers(), new Pump.Observer() {
            @Override
            public void finished() {
                awaitEndOfClient();
            }

            @Override
            public void failed() {
                close();
            }
        });
        farewell.start();
    }

    /** The instance has said all and hears no more; what the client still says is for nobody. */
    private void awaitClientAlone() {
        state = State.PARTING;
        letInstanceGo();
        awaitEndOfClient();
    }

    /** Closing with something unread would reset the connection, and the client might never see the last word. */
    private void awaitEndOfClient() {
        client.getSourceChannel().setReadListener(channel -> dropRest());
        client.getSourceChannel().wakeupReads();
    }

    private void dropRest() {
        try (PooledByteBuffer buffer = router.buffers().allocate()) {
            if (client.getSourceChannel().read(buffer.getBuffer()) < 0) {
                close();
            }
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public void leave(Duration within) {
        long spread = Math.max(1, within.toNanos());
        leaveAt = System.nanoTime() + ThreadLocalRandom.current().nextLong(spread);
        leaving = true;
    }

    @Override
    public void leaveNow() {
        if (state == State.JOINED && isBetweenFrames()) {
            part(WebSocketFrames.GOING_AWAY);
        }
    }

    @Override
    public void tick(long now) {
        if (now - lastMoved > idleLimit) {
            if (state == State.JOINED && !upEnded && !downEnded && isBetweenFrames()) {
                part(WebSocketFrames.GOING_AWAY);
            } else {
                close();
            }
        } else if (leaving && now - leaveAt > 0) {
            leaveNow();
        }
    }

    @Override
    public void abort() {
        close();
    }

    private boolean isBetweenFrames() {
        return toClient.mayAddFrame() && !down.isHolding();
    }

    private void letInstanceGo() {
        if (!instanceGone) {
            instanceGone = true;
            IoUtils.safeClose(instance);
            upstream.tunnelClosed();
        }
    }

    void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            loop.end(this);
            up.stop();
            down.stop();
            if (farewell != null) {
                farewell.stop();
            }
            letInstanceGo();
            IoUtils.safeClose(client);
            router.metrics().tunnelsClosed.increment();
            router.over();
        }
    }
}
