package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.isolation.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The absolute paths that a command names, in its words or in {@code PATH}: where its programs are sought. */
record NamedPaths(Set<Path> paths) {
    static NamedPaths of(String command, Map<String, String> environment) {
        Set<Path> paths = new LinkedHashSet<>();
        Stream.concat(
                        Stream.of(command.split("[\\s\"'=;|&()]+", -1)),
                        Stream.of(environment.getOrDefault("PATH", "").split(":", -1)))
                .filter(word -> word.startsWith("/"))
                .forEach(word -> {
                    try {
                        paths.add(Path.of(word));
                    } catch (InvalidPathException e) {
                        // Then it is none.
                    }
                });
        return new NamedPaths(paths);
    }

    /** What is on this machine and not in the layer, in words; empty where there is nothing of the kind. */
    Optional<String> missingIn(Layer layer) {
        return paths.stream()
                .filter(path -> Files.exists(path) && !exists(layer, path))
                .findFirst()
                .map(path -> "; " + path + " is not there for it, since folders of temporary files are"
                        + " empty in each instance: keep what it runs in the application's folder");
    }

    private static boolean exists(Layer layer, Path path) {
        try {
            return Files.exists(layer.outside(path));
        } catch (IOException e) {
            return true; // nobody can tell
        }
    }
}
