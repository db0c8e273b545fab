package dev.coatcheck.formation.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What tells without reading a single file that nothing in a folder has changed: the inode, size, mode and time of change of
 * everything in it. The time of change (ctime) is the kernel's, and cannot be set back. As in Git's index, a tree that
 * changed a moment ago has no fingerprint to rely on, since a further change could fall into the same tick of the clock.
 *
 * @param digest 64 hexadecimal digits
 * @param changed when something in the tree changed last
 */
record TreeFingerprint(String digest, Instant changed) {
    /** Coarser than the clock of any file system that is likely here. */
    private static final Duration TICK = Duration.ofSeconds(2);

    static TreeFingerprint of(Path source) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        Instant[] changed = {Instant.EPOCH};
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (TreeCopy.isLeftOut(source, folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                // Not its time: making .coatcheck in it changes that, and a file that comes or goes has a line of its
                // own.
                lines.put(source.relativize(folder).toString(), "folder");
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!TreeCopy.isLeftOut(source, file)) {
                    Map<String, Object> unix =
                            Files.readAttributes(file, "unix:ctime,ino,size,mode", LinkOption.NOFOLLOW_LINKS);
                    if (unix.get("ctime") instanceof FileTime time
                            && time.toInstant().isAfter(changed[0])) {
                        changed[0] = time.toInstant();
                    }
                    lines.put(source.relativize(file).toString(), new TreeMap<>(unix).toString());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        MessageDigest digest = TreeCopy.sha256();
        lines.forEach((name, line) -> digest.update((name + "\0" + line + "\0").getBytes(StandardCharsets.UTF_8)));
        return new TreeFingerprint(HexFormat.of().formatHex(digest.digest()), changed[0]);
    }

    /** Whether a later change would certainly show, for one that was taken at this moment. */
    boolean isReliable(Instant taken) {
        return changed.plus(TICK).isBefore(taken);
    }
}
