package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The Unix domain sockets, by path, at which some process of this machine can be reached now. */
final class ListeningSockets {
    /** More would make a layer slow to build, and nobody's application needs them. */
    private static final int AT_MOST = 64;

    private static final int ACCEPTS_CONNECTIONS = 1 << 16;
    private static final String DATAGRAM = "0002";

    private ListeningSockets() {}

    static List<Path> now() throws IOException {
        // unix(7): address, references, protocol, flags, type, state, inode, path
        return Files.readAllLines(Path.of("/proc/net/unix")).stream()
                .skip(1)
                .map(line -> line.trim().split(" +", 8))
                .filter(fields -> fields.length == 8 && fields[7].startsWith("/"))
                .filter(fields ->
                        (Integer.parseInt(fields[3], 16) & ACCEPTS_CONNECTIONS) != 0 || fields[4].equals(DATAGRAM))
                .flatMap(fields -> realPath(fields[7]).stream())
                .filter(path -> !path.getFileName().toString().startsWith(".java_pid"))
                .distinct()
                .limit(AT_MOST)
                .toList();
    }

    /** A mount follows no link that leads out of the layer. Empty where it is gone, or not for this user to see. */
    private static Optional<Path> realPath(String path) {
        try {
            return Optional.of(Path.of(path).toRealPath());
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }
}
