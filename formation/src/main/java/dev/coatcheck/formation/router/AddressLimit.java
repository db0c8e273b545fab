package dev.coatcheck.formation.router;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * Bounds how many connections one address may have, so that one client cannot take all that there are. Not counted are
 * clients on this machine, whom other limits have to stop, and proxies in front, from which everybody's requests come.
 * Of IPv6 the first half counts, since whoever has one address has the 2^64 beside it too. Safe for use by several
 * threads.
 */
final class AddressLimit {
    private final int most;
    private final RouterContext router;
    private final Map<InetAddress, Integer> connections = new ConcurrentHashMap<>();
    private final OnceAMinute telling = new OnceAMinute();

    AddressLimit(RouterContext router) {
        RouterSettings settings = router.settings();
        this.most = settings.trustForwarded()
                ? Integer.MAX_VALUE
                : settings.limits().connectionsPerAddress();
        this.router = router;
    }

    /** Counts a connection in until it is closed, or closes it. On the thread of its loop. */
    boolean admit(StreamConnection connection, EventLoop loop) {
        @Nullable InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
        if (peer == null || peer.getAddress().isLoopbackAddress() || most == Integer.MAX_VALUE) {
            return true;
        }
        InetAddress address = counted(peer.getAddress());
        if (connections.merge(address, 1, Integer::sum) > most) {
            release(address);
            if (telling.isDue()) {
                router.tell(new Notice.TooManyConnections(address.getHostAddress(), most));
            }
            IoUtils.safeClose(connection);
            return false;
        }
        loop.begin(new Admitted(connection, address, loop));
        return true;
    }

    private void release(InetAddress address) {
        connections.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }

    static InetAddress counted(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] octets = address.getAddress();
        Arrays.fill(octets, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An IPv6 address has 16 octets", e);
        }
    }

    /** Undertow takes the close listener of a connection for itself, so that its end is looked for. */
    private final class Admitted implements EventLoop.Timed {
        private final StreamConnection connection;
        private final InetAddress address;
        private final EventLoop loop;

        private Admitted(StreamConnection connection, InetAddress address, EventLoop loop) {
            this.connection = connection;
            this.address = address;
            this.loop = loop;
        }

        @Override
        public void tick(long now) {
            if (!connection.isOpen()) {
                loop.end(this);
                release(address);
            }
        }

        @Override
        public void abort() {
            IoUtils.safeClose(connection);
            release(address);
        }
    }
}
