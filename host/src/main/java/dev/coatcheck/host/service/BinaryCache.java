package dev.coatcheck.host.service;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The user's folder of unpacked servers: {@code $XDG_CACHE_HOME/coatcheck}, else {@code ~/.cache/coatcheck}. What is in
 * it is complete, for ever the same under the same name, and may be deleted at any time when nothing runs from it.
 */
final class BinaryCache {
    private final Path folder;

    BinaryCache(Path folder) {
        this.folder = folder;
    }

    static BinaryCache ofThisUser() {
        return new BinaryCache(
                userCache(System.getenv("XDG_CACHE_HOME"), home()).resolve("coatcheck"));
    }

    /** Java's own notion of it comes from the list of users, where the user of a container is often missing. */
    private static String home() {
        return System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
    }

    /** As the XDG base directory specification has it: a relative path is ignored. */
    static Path userCache(@Nullable String xdgCacheHome, String home) {
        return xdgCacheHome != null && xdgCacheHome.startsWith("/") ? Path.of(xdgCacheHome) : Path.of(home, ".cache");
    }

    interface Unpacker {
        void unpackInto(Path folder) throws IOException;
    }

    /**
     * The folder of this name, unpacked now if it is not there yet. It is unpacked beside its place and renamed, so that
     * of several JVMs at work on it one wins and none sees half of it.
     */
    Path install(String name, Unpacker unpacker) throws IOException {
        Path target = folder.resolve(name);
        if (Files.isDirectory(target)) {
            return target;
        }
        Path fresh;
        try {
            Files.createDirectories(folder);
            fresh = Files.createTempDirectory(folder, name + ".unpacking");
        } catch (IOException e) {
            throw new IOException(
                    "cannot write to the cache folder " + folder + "; XDG_CACHE_HOME can name another (" + e + ")", e);
        }
        try {
            unpacker.unpackInto(fresh);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            // Another JVM was faster; its folder is as good as ours.
        } finally {
            FileTree.delete(fresh);
        }
        return target;
    }
}
