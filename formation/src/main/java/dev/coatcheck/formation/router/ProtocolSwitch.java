package dev.coatcheck.formation.router;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * A tunnel to be: from when an instance has agreed to switch protocols, through when its client has been told, to the
 * end of the {@link Tunnel} that both are joined by then. It counts as a tunnel from the beginning, so that there is no
 * moment at which a router that closes sees neither the request nor what becomes of it.
 */
final class ProtocolSwitch {
    private final InstanceConnection instance;
    private final Upstream upstream;
    private final EventLoop loop;
    private final RouterContext router;
    private @Nullable Tunnel tunnel;
    private boolean givenUp;

    private ProtocolSwitch(InstanceConnection instance, Upstream upstream, EventLoop loop, RouterContext router) {
        this.instance = instance;
        this.upstream = upstream;
        this.loop = loop;
        this.router = router;
    }

    /** The connection belongs to the switch from now on. */
    static ProtocolSwitch begin(InstanceConnection instance, Upstream upstream, EventLoop loop, RouterContext router) {
        upstream.tunnelOpened();
        router.metrics().tunnelsOpened.increment();
        router.begun();
        return new ProtocolSwitch(instance, upstream, loop, router);
    }

    /** The client has been told. */
    void join(StreamConnection client) {
        if (givenUp) {
            IoUtils.safeClose(client);
            return;
        }
        try {
            tunnel = Tunnel.open(client, instance.upgrade(), upstream, loop, router);
        } catch (IOException e) {
            close();
            IoUtils.safeClose(client);
        }
    }

    /** The client's connection is closed, whether both had been joined or not. */
    void close() {
        if (tunnel != null) {
            tunnel.close();
        } else if (!givenUp) {
            givenUp = true;
            instance.closeAtOnce();
            upstream.tunnelClosed();
            router.metrics().tunnelsClosed.increment();
            router.over();
        }
    }
}
