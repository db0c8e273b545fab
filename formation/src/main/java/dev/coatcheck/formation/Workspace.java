package dev.coatcheck.formation;

import dev.coatcheck.formation.application.GeneratedSecrets;
import dev.coatcheck.host.OwnerLock;
import dev.coatcheck.host.process.OwnerMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The folder {@code .coatcheck} inside an application's: the data of its backing services, its generated secrets, the
 * control socket. Only its owner may look into it, version control leaves it alone, and one runner at a time holds it.
 */
final class Workspace implements AutoCloseable {
    static final String FOLDER = ".coatcheck";

    private static final Duration SWEEP_LIMIT = Duration.ofSeconds(10);

    private final Path folder;
    private final OwnerLock lock;

    private Workspace(Path folder, OwnerLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Takes the workspace of an application, and ends what a runner that was killed may have left.
     *
     * @throws FormationException if another runner holds it
     */
    static Workspace open(Path application) throws IOException {
        Path folder = application.resolve(FOLDER);
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve(".gitignore"), "*\n");
        OwnerLock lock;
        try {
            lock = OwnerLock.acquire(folder);
        } catch (OwnerLock.HeldException e) {
            throw new FormationException("a formation already runs in " + application + " (process " + e.pid()
                    + "); 'coatcheck stop -C " + application + "' ends it");
        }
        try {
            sweep(folder.resolve("owner"));
            return new Workspace(folder, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    Path folder() {
        return folder;
    }

    /** The values of secrets, made up at the first start and kept. */
    Map<String, String> secrets(Set<String> names) throws IOException {
        return GeneratedSecrets.in(folder.resolve("secrets")).values(names);
    }

    @Override
    public void close() {
        lock.close();
    }

    private static void sweep(Path markFile) throws IOException {
        if (Files.exists(markFile)) {
            String token = Files.readString(markFile).strip();
            // A file of half its length, by a crash in the middle, marks nothing.
            if (token.length() == OwnerMark.ofThisJvm().token().length()
                    && !token.equals(OwnerMark.ofThisJvm().token())) {
                new OwnerMark(token).killAll(SWEEP_LIMIT);
            }
        }
        Files.writeString(markFile, OwnerMark.ofThisJvm().token());
    }
}
