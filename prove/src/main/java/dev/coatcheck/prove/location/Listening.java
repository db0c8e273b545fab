package dev.coatcheck.prove.location;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which processes listen on a TCP port of this machine. */
final class Listening {
    private static final String LISTEN = "0A";

    private Listening() {}

    /** Empty where none does, or where those that do are another user's. */
    static List<Long> on(int tcpPort) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            sockets.addAll(sockets(Path.of(table), tcpPort));
        }
        List<Long> pids = new ArrayList<>();
        if (!sockets.isEmpty()) {
            ProcessHandle.allProcesses()
                    .map(ProcessHandle::pid)
                    .filter(pid -> hasAny(pid, sockets))
                    .forEach(pids::add);
        }
        return pids;
    }

    /** The links of the sockets that listen there, from a table as proc_pid_net(5) describes it. */
    private static Set<String> sockets(Path table, int tcpPort) {
        Set<String> sockets = new HashSet<>();
        String port = String.format(Locale.ROOT, ":%04X", tcpPort);
        try {
            for (String line : Files.readAllLines(table)) {
                String[] fields = line.strip().split(" +", -1);
                if (fields.length > 9 && fields[1].endsWith(port) && fields[3].equals(LISTEN)) {
                    sockets.add("socket:[" + fields[9] + "]");
                }
            }
        } catch (IOException e) {
            // No such table: a kernel without IPv6, or a system without /proc.
        }
        return sockets;
    }

    private static boolean hasAny(long pid, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                if (isAmong(descriptor, sockets)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Gone meanwhile, or another user's.
        }
        return false;
    }

    private static boolean isAmong(Path descriptor, Set<String> sockets) {
        try {
            return sockets.contains(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
