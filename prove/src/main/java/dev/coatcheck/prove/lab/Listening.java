package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where processes listen for TCP connections, as the kernel knows it: their open files name sockets, and
 * {@code /proc/PID/net} lists those that listen in the network that the process sees ({@code proc_pid_net(5)}).
 *
 * @param address what it is bound to
 * @param pids who holds the socket; several where a server forks its workers
 */
record Listening(InetSocketAddress address, Set<Long> pids) {
    private static final String LISTEN = "0A";
    private static final InetAddress LOOPBACK_4 = byAddress(127, 0, 0, 1);
    private static final InetAddress LOOPBACK_6 = byAddress(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    /** In the order of the TCP ports. Processes that end meanwhile, or may not be looked at, are left out. */
    static List<Listening> of(Collection<Long> pids) {
        Map<String, Set<Long>> holders = new HashMap<>();
        Map<String, InetSocketAddress> sockets = new LinkedHashMap<>();
        for (long pid : pids) {
            Path process = Path.of("/proc", Long.toString(pid));
            for (String inode : sockets(process)) {
                holders.computeIfAbsent(inode, i -> new TreeSet<>()).add(pid);
            }
        }
        for (long pid : pids) {
            Path process = Path.of("/proc", Long.toString(pid));
            addListening(process.resolve("net/tcp"), sockets);
            addListening(process.resolve("net/tcp6"), sockets);
            if (sockets.keySet().containsAll(holders.keySet())) {
                break;
            }
        }
        List<Listening> found = new ArrayList<>();
        sockets.forEach((inode, address) -> {
            Set<Long> by = holders.get(inode);
            if (by != null) {
                found.add(new Listening(address, by));
            }
        });
        found.sort((one, other) ->
                Integer.compare(one.address().getPort(), other.address().getPort()));
        return found;
    }

    /** Whether the open files of all these processes may be looked at; another user's may not. */
    static boolean canBeSeen(Collection<Long> pids) {
        for (long pid : pids) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
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
    List<InetSocketAddress> reachableAt() {
        return address.getAddress().isAnyLocalAddress() ? onLoopback(address.getPort()) : List.of(address);
    }

    /** A TCP port of this machine in both families. */
    static List<InetSocketAddress> onLoopback(int port) {
        return List.of(new InetSocketAddress(LOOPBACK_4, port), new InetSocketAddress(LOOPBACK_6, port));
    }

    private static List<String> sockets(Path process) {
        List<String> inodes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                String target = Files.readSymbolicLink(file).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It ended, or closed the file.
        }
        return inodes;
    }

    private static void addListening(Path table, Map<String, InetSocketAddress> sockets) {
        try {
            // Columns: number, local address, remote address, state, queues, timer, retransmits, user, time-out, inode.
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split(" +", -1);
                if (columns.length > 9 && columns[3].equals(LISTEN)) {
                    sockets.putIfAbsent(columns[9], address(columns[1]));
                }
            }
        } catch (IOException e) {
            // It ended.
        }
    }

    /** The kernel prints an address as 32-bit words in the byte order of the machine. */
    private static InetSocketAddress address(String hex) throws UnknownHostException {
        String[] parts = hex.split(":", 2);
        byte[] bytes = HexFormat.of().parseHex(parts[0]);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            for (int word = 0; word < bytes.length; word += 4) {
                swap(bytes, word, word + 3);
                swap(bytes, word + 1, word + 2);
            }
        }
        return new InetSocketAddress(InetAddress.getByAddress(bytes), Integer.parseInt(parts[1], 16));
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

    private static void swap(byte[] bytes, int one, int other) {
        byte kept = bytes[one];
        bytes[one] = bytes[other];
        bytes[other] = kept;
    }
}
