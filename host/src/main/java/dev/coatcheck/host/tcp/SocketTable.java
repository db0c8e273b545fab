package dev.coatcheck.host.tcp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The TCP sockets of a network, as {@code /proc/PID/net} lists them for the processes in it ({@code proc_pid_net(5)}), and
 * those among the open files of a process. The inode is what the two have in common.
 */
final class SocketTable {
    private static final String LISTENING = "0A";
    private static final String TIME_WAIT = "06 ";
    private static final String LINK = "socket:[";
    private static final Pattern SPACES = Pattern.compile(" +");
    private static final int LESS_THAN_A_LINE = 128;

    private SocketTable() {}

    /**
     * A socket.
     *
     * @param local its address, in the kernel's notation
     * @param remote that of the other end
     */
    record Row(String local, String remote, String state, String inode) {
        boolean isListening() {
            return state.equals(LISTENING);
        }

        /** Not one that is over, nor one that waits to be accepted: those are nobody's file. */
        boolean isConnected() {
            return !isListening() && !inode.equals("0");
        }

        InetSocketAddress localAddress() {
            return address(local);
        }

        InetSocketAddress remoteAddress() {
            return address(remote);
        }
    }

    /**
     * The sockets that listen in the network that a process sees; none where it has ended.
     *
     * <p>Linux lists them first ({@code Documentation/networking/proc_net_tcp.rst}), and for the others it goes through a table
     * of a hundred thousand places and more. Read line by line it comes no further than the first of them.
     */
    static List<Row> listening(long pid) {
        List<Row> rows = new ArrayList<>();
        for (Path table : tables(pid)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(table), LESS_THAN_A_LINE)) {
                line(in); // the names of the columns
                Optional<Row> row = row(line(in));
                while (row.isPresent() && row.get().isListening()) {
                    rows.add(row.get());
                    row = row(line(in));
                }
            } catch (IOException e) {
                // It ended, or the kernel has no IPv6.
            }
        }
        return rows;
    }

    /** The sockets of the network that a process sees, but for those that are over; none where it has ended. */
    static List<Row> seenBy(long pid) {
        List<Row> rows = new ArrayList<>();
        for (Path table : tables(pid)) {
            try {
                for (String line : Files.readAllLines(table)) {
                    if (!isOver(line)) {
                        row(line).ifPresent(rows::add);
                    }
                }
            } catch (IOException e) {
                // It ended, or the kernel has no IPv6.
            }
        }
        return rows;
    }

    private static List<Path> tables(long pid) {
        return List.of(process(pid).resolve("net/tcp"), process(pid).resolve("net/tcp6"));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    /** Columns: number, local address, remote address, state, queues, timer, retransmits, user, time-out, inode. */
    private static Optional<Row> row(String line) {
        String[] columns = SPACES.split(line.strip(), 11);
        return columns.length > 9 && columns[0].endsWith(":")
                ? Optional.of(new Row(columns[1], columns[2], columns[3], columns[9]))
                : Optional.empty();
    }

    /** Most lines are of connections that only wait for their time: they are told by their state, before all is taken apart. */
    private static boolean isOver(String line) {
        int local = line.indexOf(": ") + 2;
        int remote = line.indexOf(' ', local) + 1;
        return line.startsWith(TIME_WAIT, line.indexOf(' ', remote) + 1);
    }

    /** The inodes of the sockets among the open files of a process; none where they may not be looked at. */
    static Set<String> heldBy(long pid) {
        Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process(pid).resolve("fd"))) {
            for (Path file : files) {
                String target = target(file);
                if (target.startsWith(LINK)) {
                    inodes.add(target.substring(LINK.length(), target.length() - 1));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It ended, or is another user's.
        }
        return inodes;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    /** One of these processes for each network that they are in. */
    static List<Long> oneInEachNetwork(Collection<Long> pids) {
        Set<String> networks = new HashSet<>();
        return pids.stream()
                .filter(pid -> networks.add(target(process(pid).resolve("ns/net"))))
                .toList();
    }

    static Path process(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }

    /** The kernel prints an address as 32-bit words in the byte order of the machine. */
    private static InetSocketAddress address(String hex) {
        String[] parts = hex.split(":", 2);
        byte[] bytes = HexFormat.of().parseHex(parts[0]);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            for (int word = 0; word < bytes.length; word += 4) {
                swap(bytes, word, word + 3);
                swap(bytes, word + 1, word + 2);
            }
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), Integer.parseInt(parts[1], 16));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address of the kernel: " + hex, e);
        }
    }

    private static void swap(byte[] bytes, int one, int other) {
        byte kept = bytes[one];
        bytes[one] = bytes[other];
        bytes[other] = kept;
    }
}
