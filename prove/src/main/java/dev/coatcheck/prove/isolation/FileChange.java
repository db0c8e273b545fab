package dev.coatcheck.prove.isolation;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/** What the processes of a layer did to a file or folder since the layer began, if it is still so. */
public sealed interface FileChange {
    /** The path by which the application knows it. */
    Path path();

    /**
     * It was not there when the layer began.
     *
     * @param content where this JVM can read it while the layer is open; a folder too can be created
     * @param size in bytes; 0 for what is not a regular file
     * @param written when: a database may be written to and keep its size
     */
    record Created(Path path, Path content, long size, FileTime written) implements FileChange {}

    /**
     * Its content, mode or time of modification is another.
     *
     * @param content where this JVM can read what it is now, while the layer is open
     * @param size in bytes, as it is now
     * @param written when it was last
     */
    record Modified(Path path, Path content, long size, FileTime written) implements FileChange {}

    /** It was there. Of a folder that was deleted as a whole, only the folder is told. */
    record Deleted(Path path) implements FileChange {}
}
