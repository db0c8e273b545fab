package dev.coatcheck.prove.location;

import java.nio.file.Path;

/**
 * A file that a step made or changed.
 *
 * @param path as the application sees it
 * @param copy where it can be read from here
 */
public record ChangedFile(String path, Path copy) {}
