package dev.coatcheck.host.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * Where processes listen for TCP connections. Looking costs some milliseconds.
 *
 * <pre>{@code
 * for (Listening listening : Listening.of(group.pids())) {
 *     System.out.println(listening.address() + " " + listening.pids());
 * }
 * }</pre>
 *
 * @param address what the socket is bound to
 * @param pids who holds it, in ascending order; several where a server forks its workers
 */
public record Listening(InetSocketAddress address, Set<Long> pids) {
    private static final InetAddress LOOPBACK_4 = byAddress(127, 0, 0, 1);
    private static final InetAddress LOOPBACK_6 = byAddress(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    /** In the order of the TCP ports. Processes that end meanwhile, or may not be looked at, are left out. */
    public static List<Listening> of(Collection<Long> pids) {
        List<Listening> found = among(pids, SocketTable::listening);
        // Where it is not Linux itself that lists them, another may come first.
        return found.isEmpty() ? among(pids, SocketTable::seenBy) : found;
    }

    private static List<Listening> among(Collection<Long> pids, LongFunction<List<SocketTable.Row>> table) {
        Map<String, InetSocketAddress> sockets = new LinkedHashMap<>();
        for (long pid : SocketTable.oneInEachNetwork(pids)) {
            table.apply(pid).stream()
                    .filter(SocketTable.Row::isListening)
                    .forEach(row -> sockets.putIfAbsent(row.inode(), row.localAddress()));
        }
        Map<String, Set<Long>> holders = new HashMap<>();
        for (long pid : pids) {
            SocketTable.heldBy(pid).stream()
                    .filter(sockets::containsKey)
                    .forEach(inode ->
                            holders.computeIfAbsent(inode, i -> new TreeSet<>()).add(pid));
        }
        List<Listening> found = new ArrayList<>();
        sockets.forEach((inode, address) -> {
            Set<Long> by = holders.get(inode);
            if (by != null) {
                found.add(new Listening(address, by));
            }
        });
        found.sort(Comparator.comparingInt(listening -> listening.address().getPort()));
        return found;
    }

    /**
     * The processes that listen at a TCP port of the network that this JVM is in, whoever started them; those of other users
     * are left out. Looks at every process of the machine if there is such a socket.
     */
    public static List<Long> on(int tcpPort) {
        Set<String> sockets = SocketTable.seenBy(ProcessHandle.current().pid()).stream()
                .filter(row -> row.isListening() && row.localAddress().getPort() == tcpPort)
                .map(SocketTable.Row::inode)
                .collect(Collectors.toSet());
        return sockets.isEmpty()
                ? List.of()
                : ProcessHandle.allProcesses()
                        .map(ProcessHandle::pid)
                        .filter(pid -> SocketTable.heldBy(pid).stream().anyMatch(sockets::contains))
                        .toList();
    }

    /** Whether the open files of all these processes may be looked at; another user's may not. */
    public static boolean canBeSeen(Collection<Long> pids) {
        for (long pid : pids) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(SocketTable.process(pid).resolve("fd"))) {
                for (Path file : files) {
                    Files.readSymbolicLink(file);
                }
            } catch (AccessDeniedException e) {
                return false;
            } catch (IOException | DirectoryIteratorException e) {
                // It ended, or closed the file.
            }
        }
        return true;
    }

    /** The addresses on this machine at which it can be reached, the likeliest first. */
    public List<InetSocketAddress> reachableAt() {
        return address.getAddress().isAnyLocalAddress() ? onLoopback(address.getPort()) : List.of(address);
    }

    /** A TCP port of this machine in both families. */
    public static List<InetSocketAddress> onLoopback(int port) {
        return List.of(new InetSocketAddress(LOOPBACK_4, port), new InetSocketAddress(LOOPBACK_6, port));
    }

    private static InetAddress byAddress(int... bytes) {
        byte[] address = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            address[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
