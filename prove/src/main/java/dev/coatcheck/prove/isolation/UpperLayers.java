package dev.coatcheck.prove.isolation;

import dev.coatcheck.prove.isolation.DiskPlan.Upper;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was written to a layer, read from its upper folders: a file in one of them was created or changed. What was deleted
 * is asked of the layer itself, for each entry that the file system below has in a folder of which there is an upper one.
 * That holds whatever the kernel's marks for it look like, which not every kernel lets an ordinary user read.
 */
final class UpperLayers {
    private final Path uppers;
    private final Path root;
    private final List<Upper> all;
    private final Set<Path> mountPoints;
    private final FileTime begun;

    /** What making the layer left in it. */
    private final Set<Path> ours;

    /**
     * @param uppers the folder of the upper folders, each under its number
     * @param root of the layer, from outside
     * @param begun when the layer did. What the file system below got later is not missed in the layer
     */
    UpperLayers(Path uppers, Path root, DiskPlan plan, FileTime begun) throws IOException {
        this.uppers = uppers;
        this.root = root;
        this.all = plan.uppers();
        this.mountPoints = plan.mountPoints();
        this.begun = begun;
        this.ours = found().stream().map(FileChange::path).collect(Collectors.toUnmodifiableSet());
    }

    /** Sorted by path. */
    List<FileChange> changes() throws IOException {
        List<FileChange> changes = new ArrayList<>(found());
        changes.removeIf(change -> ours.contains(change.path()));
        changes.sort(Comparator.comparing(FileChange::path));
        return changes;
    }

    private List<FileChange> found() throws IOException {
        if (!Files.isDirectory(uppers)) {
            throw new IOException("the layer is gone: there is no " + uppers);
        }
        List<FileChange> changes = new ArrayList<>();
        for (Upper upper : all) {
            compare(uppers.resolve(Integer.toString(upper.number())), upper.folder(), upper.fresh(), changes);
        }
        return changes;
    }

    private void compare(Path upper, Path path, boolean isNew, List<FileChange> changes) throws IOException {
        for (Path entry : entries(upper)) {
            Path known = path.resolve(entry.getFileName().toString());
            FileState now = FileState.of(entry);
            if (now == null || now.isWhiteout() || mountPoints.contains(known)) {
                continue;
            }
            FileState before = isNew ? null : FileState.of(known);
            boolean remains = before != null && before.isFolder() && now.isFolder();
            if (before == null) {
                changes.add(new FileChange.Created(known, entry, now.size(), now.written()));
            } else if (!remains && now.differsFrom(before)) {
                changes.add(new FileChange.Modified(known, entry, now.size(), now.written()));
            }
            if (now.isFolder()) {
                compare(entry, known, !remains, changes);
            }
        }
        if (!isNew) {
            findDeleted(path, changes);
        }
    }

    private void findDeleted(Path path, List<FileChange> changes) throws IOException {
        for (Path known : entries(path)) {
            FileState before = FileState.of(known);
            Path now = root.resolve(Path.of("/").relativize(known));
            if (before != null
                    && before.changed().compareTo(begun) < 0
                    && !mountPoints.contains(known)
                    && !Files.exists(now, LinkOption.NOFOLLOW_LINKS)) {
                changes.add(new FileChange.Deleted(known));
            }
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | AccessDeniedException e) {
            // Gone meanwhile, or closed to this user and so to the application too.
        }
        return entries;
    }
}
