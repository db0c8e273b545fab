package dev.coatcheck.prove.scenario;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The files that a scenario names. They lie beside it, or in folders beside it, and nowhere else. */
public final class FilesBeside {
    private final Path folder;

    public FilesBeside(Path scenario) {
        Path file = scenario.toAbsolutePath().normalize();
        this.folder = Optional.ofNullable(file.getParent()).orElse(file);
    }

    /**
     * The file of a name.
     *
     * @throws IllegalArgumentException if there is no such file; the message says so
     */
    public Path file(String name) {
        Path file;
        try {
            file = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + name + "' is no name for a file", e);
        }
        if (!file.startsWith(folder)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is outside the scenario's folder; put the file beside it");
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no file '" + name + "' beside the scenario, in " + folder);
        }
        return file;
    }
}
