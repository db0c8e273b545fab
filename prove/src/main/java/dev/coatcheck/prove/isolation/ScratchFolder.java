package dev.coatcheck.prove.isolation;

import dev.coatcheck.host.OwnerLock;
import dev.coatcheck.host.service.FileTree;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A temporary folder of this JVM, deleted when it is closed. What a JVM that was killed has left, the next one deletes before
 * it makes its first folder of the same prefix: a folder is somebody's as long as its lock is held.
 *
 * <p>Thread-safe.
 */
public final class ScratchFolder implements AutoCloseable {
    /** Between its making and its locking a folder is nobody's. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /** Deleting them takes time at the start of whoever does it; the rest is for those after it. */
    private static final int SWEPT_AT_ONCE = 20;

    private static final Set<String> SWEPT = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final OwnerLock lock;

    private ScratchFolder(Path path, OwnerLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes one, and sweeps what was left of others.
     *
     * @param prefix of its name, which is nobody else's: {@code coatcheck-lab-}
     */
    public static ScratchFolder create(String prefix) throws IOException {
        Path path = Files.createTempDirectory(prefix).toRealPath();
        try {
            OwnerLock lock = OwnerLock.acquire(path);
            if (SWEPT.add(prefix)) {
                sweep(path.resolve("..").normalize(), prefix);
            }
            return new ScratchFolder(path, lock);
        } catch (IOException e) {
            FileTree.delete(path);
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** That an old folder cannot be deleted is nothing to whoever needs a new one. */
    static void sweep(Path parent, String prefix) {
        int left = SWEPT_AT_ONCE;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, prefix + "*")) {
            for (Path folder : folders) {
                if (left > 0 && isOld(folder) && deleteUnlessHeld(folder)) {
                    left--;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Another's to sweep.
        }
    }

    /** Its maker may have been killed before it locked it. What a link leads to is nobody's to delete. */
    private static boolean isOld(Path folder) {
        try {
            Path lock = folder.resolve("lock");
            return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && Files.getLastModifiedTime(Files.exists(lock) ? lock : folder)
                            .toInstant()
                            .isBefore(Instant.now().minus(YOUNG));
        } catch (IOException e) {
            return false; // its owner has just deleted it, or it cannot be looked into
        }
    }

    private static boolean deleteUnlessHeld(Path folder) {
        try (OwnerLock _ = OwnerLock.acquire(folder)) {
            FileTree.delete(folder);
            return true;
        } catch (IOException e) {
            return false; // it is somebody's
        }
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            FileTree.delete(path);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
