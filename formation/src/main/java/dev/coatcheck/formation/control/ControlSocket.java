package dev.coatcheck.formation.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where the socket of a formation is: {@code control.sock} in its workspace. A socket's path is limited to some hundred
 * bytes; where the workspace's own is longer, the socket lies in a short folder of the owner's instead, and
 * {@code control.path} in the workspace says where.
 */
final class ControlSocket implements AutoCloseable {
    /** macOS takes 104 bytes, Linux 108, each with a zero at the end. */
    private static final int LIMIT = 100;

    private static final String SOCKET = "control.sock";
    private static final String POINTER = "control.path";

    private final Path workspace;
    private final Path path;

    private ControlSocket(Path workspace, Path path) {
        this.workspace = workspace;
        this.path = path;
    }

    /** A path at which nothing is, for the one who holds the workspace; what a predecessor left there is removed. */
    static ControlSocket prepare(Path workspace) throws IOException {
        new ControlSocket(workspace, find(workspace)).close();
        Path path = workspace.resolve(SOCKET);
        if (isTooLong(path)) {
            String runtime = System.getenv("XDG_RUNTIME_DIR");
            Path base = runtime != null && Files.isDirectory(Path.of(runtime))
                    ? Path.of(runtime)
                    : Path.of(System.getProperty("java.io.tmpdir"));
            // Made for its owner alone.
            path = Files.createTempDirectory(base, "coatcheck-").resolve(SOCKET);
            Path fresh = workspace.resolve(POINTER + ".new");
            Files.writeString(fresh, path.toString());
            Files.move(fresh, workspace.resolve(POINTER), StandardCopyOption.ATOMIC_MOVE);
        }
        return new ControlSocket(workspace, path);
    }

    /** Where the socket of this workspace is, if there is one. */
    static Path find(Path workspace) throws IOException {
        Path pointer = workspace.resolve(POINTER);
        return Files.exists(pointer)
                ? pointedAt(Files.readString(pointer).strip()).orElse(workspace.resolve(SOCKET))
                : workspace.resolve(SOCKET);
    }

    /** Nothing, where it says what we never wrote: a machine that lost its power leaves files that are empty. */
    private static Optional<Path> pointedAt(String path) {
        try {
            return Optional.of(Path.of(path)).filter(it -> it.isAbsolute() && it.endsWith(SOCKET));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(workspace.resolve(POINTER));
        Path folder = path.getParent();
        if (folder != null && !folder.equals(workspace)) {
            Files.deleteIfExists(folder);
        }
    }

    private static boolean isTooLong(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length > LIMIT;
    }
}
