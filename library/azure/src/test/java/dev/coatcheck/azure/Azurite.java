package dev.coatcheck.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Microsoft's emulator as a package of npm, installed once for each user. */
final class Azurite {
    /** The last that runs on Node 20, which is what Debian has. */
    private static final String PACKAGE = "azurite@3.35.0";

    private static final Duration INSTALLATION = Duration.ofMinutes(5);

    private Azurite() {}

    /** The script to be run by Node; tests are skipped where there is neither Node nor npm, or nothing to install from. */
    static Path script() {
        for (var program : List.of("node", "npm")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(File.pathSeparator))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                    "there is no " + program + " here, and so no " + PACKAGE);
        }
        var folder = cache().resolve(PACKAGE.replace('@', '-'));
        if (!Files.isDirectory(folder)) {
            install(folder);
        }
        return folder.resolve("node_modules/azurite/dist/src/blob/main.js");
    }

    /** Where {@code host} has the servers that it unpacks. */
    private static Path cache() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(named -> named.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("coatcheck");
    }

    /** Beside its place, and then renamed: of several builds one wins, and none sees half of it. */
    private static void install(Path folder) {
        try {
            Files.createDirectories(cache());
            var fresh = Files.createTempDirectory(cache(), PACKAGE.replace('@', '-') + ".installing");
            var log = fresh.resolve("npm.log");
            // Neither scripts nor what is optional: of its native parts none is needed to keep blobs.
            var npm = new ProcessBuilder(
                            "npm",
                            "install",
                            "--prefer-offline",
                            "--ignore-scripts",
                            "--omit=optional",
                            "--no-audit",
                            "--no-fund",
                            "--prefix",
                            ".",
                            PACKAGE)
                    .directory(fresh.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            try (var installing = ProcessGroup.start(npm)) {
                assumeTrue(
                        installing.leader().waitFor(INSTALLATION.toSeconds(), TimeUnit.SECONDS)
                                && installing.leader().exitValue() == 0,
                        () -> "npm does not install " + PACKAGE + ": see " + log);
            }
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw new UncheckedIOException(e);
            }
            // Another build was faster; what it installed is as good.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while npm installs " + PACKAGE, e);
        }
    }
}
