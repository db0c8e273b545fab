package dev.coatcheck.host.tcp;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The server's end of a connection: which process has accepted it.
 *
 * <pre>{@code
 * Socket socket = new Socket("127.0.0.1", 8000);
 * Set<Long> holders = ServerEnd.holders((InetSocketAddress) socket.getLocalSocketAddress(), group.pids());
 * }</pre>
 */
public final class ServerEnd {
    private ServerEnd() {}

    /**
     * Those of some processes that hold it, in ascending order; none as long as nobody has accepted the connection. Several
     * where one is about to hand it on to another, or has forked meanwhile. Costs some milliseconds.
     *
     * @param client the address of the other end, as these processes see it
     * @param pids processes that are in one network
     */
    public static Set<Long> holders(InetSocketAddress client, Collection<Long> pids) {
        Set<String> sockets = SocketTable.oneInEachNetwork(pids).stream()
                .flatMap(pid -> SocketTable.seenBy(pid).stream())
                .filter(row -> row.isConnected() && row.remoteAddress().equals(client))
                .map(SocketTable.Row::inode)
                .collect(Collectors.toSet());
        return sockets.isEmpty()
                ? Set.of()
                : pids.stream()
                        .filter(pid -> SocketTable.heldBy(pid).stream().anyMatch(sockets::contains))
                        .collect(Collectors.toCollection(TreeSet::new));
    }
}
