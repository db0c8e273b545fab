package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a file without reading it.
 *
 * @param mode type and permissions, as {@code stat(2)} gives them
 * @param size in bytes; 0 for what is not a regular file
 * @param device the number of a device file
 * @param written when its content was
 * @param changed when anything about it was
 */
record FileState(int mode, long size, long device, FileTime written, FileTime changed) {
    private static final int TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int FOLDER = 0040000;
    private static final int REGULAR = 0100000;

    /** Of the file itself, not of what it links to; null where there is none, or it is not for this user to know. */
    static @Nullable FileState of(Path file) throws IOException {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(file, "unix:mode,size,rdev,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
            int mode = attribute(attributes, "mode", Integer.class);
            return new FileState(
                    mode,
                    (mode & TYPE) == REGULAR ? attribute(attributes, "size", Long.class) : 0,
                    attribute(attributes, "rdev", Long.class),
                    attribute(attributes, "lastModifiedTime", FileTime.class),
                    attribute(attributes, "ctime", FileTime.class));
        } catch (NoSuchFileException | AccessDeniedException e) {
            return null;
        } catch (IOException e) {
            // A parent that is a file by now ("Not a directory") has no exception of its own.
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                return null;
            }
            throw e;
        }
    }

    private static <T> T attribute(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name), name));
    }

    boolean isFolder() {
        return (mode & TYPE) == FOLDER;
    }

    /** How an overlay says that a file of the file system below is deleted. */
    boolean isWhiteout() {
        return (mode & TYPE) == CHARACTER_DEVICE && device == 0;
    }

    /** Whether somebody wrote to it, or changed what it is or who may use it. */
    boolean differsFrom(FileState other) {
        return mode != other.mode || size != other.size || !written.equals(other.written);
    }
}
