package dev.coatcheck.contracts.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own that is soon full, where this machine allows to mount one; else what the folder is on.
 *
 * <pre>{@code
 * var disk = SmallDisk.at(folder);
 * var server = PostgresServer.start(ServerSettings.at(folder.resolve("postgresql")));
 * disk.fill();
 * }</pre>
 */
public final class SmallDisk implements AutoCloseable {
    private static final String SIZE = "200m";

    private final Path folder;
    private final boolean mounted;

    private SmallDisk(Path folder, boolean mounted) {
        this.folder = folder;
        this.mounted = mounted;
    }

    /**
     * Mounts one.
     *
     * @param folder an empty one
     */
    public static SmallDisk at(Path folder) {
        return new SmallDisk(
                folder, succeeds("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "coatcheck-test", folder.toString()));
    }

    /** Leaves no room on it; a test that needs this is skipped where no file system could be mounted. */
    public void fill() {
        assumeTrue(mounted, "no file system can be mounted here to be filled: run as root");
        var piece = new byte[4_096];
        try (var ballast = Files.newOutputStream(ballast())) {
            while (true) {
                ballast.write(piece);
            }
        } catch (IOException e) {
            // It is full.
        }
    }

    /** Ends what {@link #fill()} did. */
    public void makeRoom() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    /** Gives the file system back, with what is on it. */
    @Override
    public void close() {
        if (mounted && !succeeds("umount", "--lazy", folder.toString())) {
            throw new IllegalStateException("the file system at " + folder + " cannot be unmounted");
        }
    }

    private static boolean succeeds(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // not installed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
