package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a folder that shares nothing with it: every file a new one, hard links too, so that no write passes through.
 * What would be too much is left out entry by entry, the largest first, and a link to the original stands in its place.
 */
final class FolderCopy {
    private final Path source;
    private final Path target;
    private final long bytesAtMost;
    private final long filesAtMost;

    private FolderCopy(Path source, Path target, long bytesAtMost, long filesAtMost) {
        this.source = source;
        this.target = target;
        this.bytesAtMost = bytesAtMost;
        this.filesAtMost = filesAtMost;
    }

    private record Entry(Path path, long bytes, long files) {}

    /**
     * Makes one.
     *
     * @param target a folder that exists and is empty
     * @return what was not copied
     */
    static List<Path> make(Path source, Path target, long bytesAtMost, long filesAtMost) throws IOException {
        return new FolderCopy(source, target, bytesAtMost, filesAtMost).make();
    }

    private List<Path> make() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(source)) {
            for (Path path : stream) {
                entries.add(measured(path));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::bytes).thenComparingLong(Entry::files));
        List<Path> left = new ArrayList<>();
        long bytes = 0;
        long files = 0;
        for (Entry entry : entries) {
            Path copy = target.resolve(entry.path().getFileName());
            if (bytes + entry.bytes() > bytesAtMost || files + entry.files() > filesAtMost) {
                Files.createSymbolicLink(copy, entry.path());
                left.add(entry.path());
            } else {
                bytes += entry.bytes();
                files += entry.files();
                copy(entry.path(), copy);
            }
        }
        return left;
    }

    /** Counts no further than to what is too much. */
    private Entry measured(Path path) throws IOException {
        long[] bytesAndFiles = new long[2];
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytesAndFiles[0] += attributes.isRegularFile() ? attributes.size() : 0;
                bytesAndFiles[1]++;
                return bytesAndFiles[0] > bytesAtMost || bytesAndFiles[1] > filesAtMost
                        ? FileVisitResult.TERMINATE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return new Entry(path, bytesAndFiles[0], bytesAndFiles[1]);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectory(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                // Neither sockets nor pipes: nobody would be at the other end.
                if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
                    Files.copy(
                            file,
                            to.resolve(from.relativize(file)),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // not readable for this user, so neither for the application
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.setLastModifiedTime(to.resolve(from.relativize(folder)), Files.getLastModifiedTime(folder));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
