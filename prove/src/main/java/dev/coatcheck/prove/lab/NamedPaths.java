package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.isolation.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The absolute paths at which a command seeks its programs and their libraries.
 *
 * @param namedBy who names each: the command itself, or a variable
 */
record NamedPaths(Map<Path, String> namedBy) {
    /** What the kernel shows each process in its own way is nobody's program. */
    private static final List<Path> OF_THE_KERNEL = List.of(Path.of("/dev"), Path.of("/proc"), Path.of("/sys"));

    static NamedPaths of(String command, Map<String, String> environment) {
        Map<Path, String> namedBy = new LinkedHashMap<>();
        add(namedBy, "its command", command.split("[\\s\"'=;|&()]+", -1));
        environment.forEach((name, value) -> {
            // PATH, PYTHONPATH, NODE_PATH, JAVA_HOME, VIRTUAL_ENV: not what a session has left there, as SSH_AUTH_SOCK.
            if (name.endsWith("PATH") || name.endsWith("HOME") || name.endsWith("ENV")) {
                add(namedBy, name, value.split(":", -1));
            }
        });
        return new NamedPaths(namedBy);
    }

    private static void add(Map<Path, String> namedBy, String who, String... words) {
        for (String word : words) {
            if (word.startsWith("/")) {
                try {
                    namedBy.putIfAbsent(Path.of(word), who);
                } catch (InvalidPathException e) {
                    // Then it is none.
                }
            }
        }
    }

    /** What is on this machine and not in the layer, in words; empty where there is nothing of the kind. */
    Optional<String> missingIn(Layer layer) {
        return namedBy.entrySet().stream()
                .filter(named -> OF_THE_KERNEL.stream().noneMatch(named.getKey()::startsWith))
                .filter(named -> isSought(named.getKey()) && !isThere(layer, named.getKey()))
                .findFirst()
                .map(named ->
                        "; " + named.getKey() + ", which " + named.getValue() + " names, is not there for it, since"
                                + " folders of temporary files are empty in each instance: keep what it runs in the"
                                + " application's folder");
    }

    /** A folder or a program, and not the file of a process id that an earlier run left. */
    private static boolean isSought(Path path) {
        return Files.isDirectory(path) || Files.isExecutable(path);
    }

    private static boolean isThere(Layer layer, Path path) {
        try {
            return Files.exists(layer.outside(path));
        } catch (IOException e) {
            return true; // nobody can tell
        }
    }
}
