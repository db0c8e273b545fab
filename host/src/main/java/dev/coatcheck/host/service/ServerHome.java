package dev.coatcheck.host.service;

import dev.coatcheck.host.OwnerLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * The folder of one server, locked while a server uses it. The lock is the operating system's, so that it goes with the
 * JVM that holds it; whoever holds it may therefore end any server that still runs here.
 */
final class ServerHome implements AutoCloseable {
    private static final int TAIL_LINES = 20;

    private final Path folder;
    private final OwnerLock lock;

    private ServerHome(Path folder, OwnerLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Creates the folder where it is missing, for its owner's eyes only, and locks it. */
    static ServerHome lock(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        try {
            // As the kernel names it: by its working folder a server is found that outlived its owner.
            return new ServerHome(folder.toRealPath(), OwnerLock.acquire(folder));
        } catch (OwnerLock.HeldException e) {
            throw new ServerStartException(
                    "a server already runs in " + folder + ", started by process " + e.pid() + "; stop that one first",
                    e);
        }
    }

    Path folder() {
        return folder;
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("log");
    }

    Path passwordFile() {
        return folder.resolve("password");
    }

    /** The server's password, made at the first call; only its owner may read the file. */
    String password() throws IOException {
        Path file = passwordFile();
        if (Files.notExists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            writeSecretly(file.getFileName().toString(), HexFormat.of().formatHex(random));
        }
        return Files.readString(file).strip();
    }

    /** A file that only its owner may read. Written beside its place first, so that half of it is never taken for it. */
    Path writeSecretly(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Path fresh = folder.resolve(name + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text);
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The end of the server's log, for a message. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log(), StandardCharsets.ISO_8859_1);
            return lines.isEmpty()
                    ? "its log " + log() + " is empty"
                    : "the end of its log " + log() + ":\n"
                            + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "its log " + log() + " cannot be read: " + e;
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
