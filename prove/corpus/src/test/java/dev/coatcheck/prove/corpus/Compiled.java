package dev.coatcheck.prove.corpus;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.ToolProvider;

/**
 * Compiles the applications in Java once: {@code java Server.java} compiles at each start, which takes several times as long
 * as the start itself.
 */
final class Compiled {
    private static final Map<Path, Path> CLASSES = new ConcurrentHashMap<>();

    private Compiled() {}

    /** Where the classes of the application in this folder are. */
    static Path classes(Path folder, String classPath) {
        return CLASSES.computeIfAbsent(folder, application -> compile(application, classPath));
    }

    private static Path compile(Path folder, String classPath) {
        Path source = folder.resolve("Server.java");
        try {
            Path classes = Files.createDirectories(
                    Path.of("target/corpus").resolve(folder.getFileName()).toAbsolutePath());
            StringWriter words = new StringWriter();
            var compiler = ToolProvider.getSystemJavaCompiler();
            try (var files = compiler.getStandardFileManager(null, null, null)) {
                boolean compiled = compiler.getTask(
                                words,
                                files,
                                null,
                                List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-cp", classPath),
                                null,
                                files.getJavaFileObjects(source))
                        .call();
                if (!compiled) {
                    throw new IllegalStateException(source + " does not compile:" + System.lineSeparator() + words);
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
