package dev.coatcheck.formation.router;

import io.undertow.connector.ByteBufferPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * A client and an instance that speak another protocol than HTTP now, for as long as both want to. What one sends the
 * other gets, unread; when one has ended its half, so does the other's; when either is silent for too long, or fails,
 * both are closed. Its instance may have been removed long before.
 */
final class Tunnel implements EventLoop.Timed {
    /** Once one side has said its last word, the other has this long for its own. */
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    private final StreamConnection client;
    private final StreamConnection instance;
    private final Upstream upstream;
    private final EventLoop loop;
    private long idleLimit;
    private long lastMoved = System.nanoTime();
    private final List<Pump> pumps = new ArrayList<>();
    private int ended;
    private boolean closed;

    private Tunnel(
            StreamConnection client, StreamConnection instance, Upstream upstream, EventLoop loop, Duration idleLimit) {
        this.client = client;
        this.instance = instance;
        this.upstream = upstream;
        this.loop = loop;
        this.idleLimit = idleLimit.toNanos();
    }

    /** Both connections belong to the tunnel from now on. Returns what closes it, for when the router ends. */
    static Runnable open(
            StreamConnection client,
            StreamConnection instance,
            Upstream upstream,
            EventLoop loop,
            ByteBufferPool buffers,
            Duration idleLimit) {
        Tunnel tunnel = new Tunnel(client, instance, upstream, loop, idleLimit);
        upstream.tunnelOpened();
        loop.begin(tunnel);
        tunnel.join(client.getSourceChannel(), instance.getSinkChannel(), buffers);
        tunnel.join(instance.getSourceChannel(), client.getSinkChannel(), buffers);
        List.copyOf(tunnel.pumps).forEach(Pump::start);
        return tunnel::close;
    }

    private void join(StreamSourceChannel from, StreamSinkChannel to, ByteBufferPool buffers) {
        pumps.add(new Pump(from, to, null, buffers, new Pump.Observer() {
            @Override
            public void moved(long read) {
                lastMoved = System.nanoTime();
            }

            @Override
            public void finished() {
                idleLimit = Math.min(idleLimit, LAST_WORD.toNanos());
                lastMoved = System.nanoTime();
                if (++ended == pumps.size()) {
                    close();
                }
            }

            @Override
            public void failed() {
                close();
            }
        }));
    }

    @Override
    public void tick(long now) {
        if (now - lastMoved > idleLimit) {
            close();
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            loop.end(this);
            upstream.tunnelClosed();
            pumps.forEach(Pump::stop);
            IoUtils.safeClose(client, instance);
        }
    }
}
