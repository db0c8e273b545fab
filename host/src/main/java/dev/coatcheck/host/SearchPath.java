package dev.coatcheck.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folders in which a shell looks for programs.
 *
 * @param folders as the variable {@code PATH} has them: separated by colons
 */
public record SearchPath(String folders) {
    /** What this JVM was given, else where every system keeps its programs. */
    public static SearchPath ofThisJvm() {
        return new SearchPath(System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    }

    /** The first program of this name that may be executed. */
    public Optional<Path> find(String program) {
        for (String folder : folders.split(":", -1)) {
            Path file = Path.of(folder, program);
            // An empty entry means the working folder, from which nothing should be taken by accident.
            if (!folder.isEmpty() && Files.isExecutable(file) && !Files.isDirectory(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }
}
