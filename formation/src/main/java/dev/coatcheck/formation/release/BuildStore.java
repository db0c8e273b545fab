package dev.coatcheck.formation.release;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The builds of an application, each in a folder named by the digest of what was copied into it. For the one who holds the
 * workspace; its methods are called by one thread at a time.
 *
 * <p>Nothing here ever changes a build, but a process may write into the folder that it runs in, as on any platform that
 * gives it one. What it wrote there is seen by all that run from this build: the others of its release, those of a later
 * release of the same unchanged folder, and after a way back to it. A build of a changed folder is free of it. The id does not
 * tell: it is of what was copied.
 */
public final class BuildStore {
    private static final int ID_DIGITS = 12;
    private static final String UNFINISHED = ".new-";
    private static final String FINGERPRINT = ".seen";

    private final Path folder;

    /** Told every other second while a large folder is copied. */
    public interface Progress {
        void copied(int files, long bytes);
    }

    private BuildStore(Path folder) {
        this.folder = folder;
    }

    /** In this folder, which is made if it is missing; what a runner that was killed left half-made is deleted. */
    public static BuildStore in(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Path path : list(folder)) {
            if (name(path).startsWith(UNFINISHED)) {
                deleteIfPossible(path);
            }
        }
        return new BuildStore(folder);
    }

    /**
     * Makes a build of a folder as it is now; one of the same content that is there already is that build. Where nothing in the
     * folder has changed since, that is seen without reading the files.
     *
     * @param cancelled ends the copying early, with an exception
     * @throws IOException if a file cannot be read, or the disk is full; then nothing of it is left
     */
    public Build make(Path application, BooleanSupplier cancelled, Progress progress)
            throws IOException, InterruptedException {
        Path source = application.toRealPath();
        Instant now = Instant.now();
        TreeFingerprint fingerprint = TreeFingerprint.of(source);
        Optional<Build> unchanged = withFingerprint(fingerprint.digest());
        if (unchanged.isPresent()) {
            return unchanged.get();
        }
        Path fresh = folder.resolve(UNFINISHED + UUID.randomUUID());
        try {
            TreeCopy.Copied copied = TreeCopy.copy(source, fresh, cancelled, progress);
            String id = copied.digest().substring(0, ID_DIGITS);
            Path build = folder.resolve(id);
            if (!Files.exists(build)) {
                Files.move(fresh, build, StandardCopyOption.ATOMIC_MOVE);
            }
            if (fingerprint.isReliable(now) && copied.unsteady().isEmpty()) {
                Files.writeString(folder.resolve(id + FINGERPRINT), fingerprint.digest());
            }
            return new Build(id, build, notes(copied));
        } finally {
            deleteIfPossible(fresh);
        }
    }

    public Optional<Build> find(String id) {
        Path build = folder.resolve(id);
        return Files.isDirectory(build) ? Optional.of(new Build(id, build, List.of())) : Optional.empty();
    }

    /**
     * Deletes every build but these. What of a build cannot be deleted, as where its processes made files that are another
     * user's, is no build any more in any case, and is tried again with the next store.
     */
    public void keepOnly(Set<String> ids) throws IOException {
        for (Path path : list(folder)) {
            if (!ids.contains(idOf(path)) && name(path).endsWith(FINGERPRINT)) {
                Files.deleteIfExists(path);
            }
        }
        for (Path path : list(folder)) {
            if (!ids.contains(idOf(path))) {
                // Away first: a build that is half deleted must not be taken for a whole one.
                Path doomed = folder.resolve(UNFINISHED + UUID.randomUUID());
                Files.move(path, doomed, StandardCopyOption.ATOMIC_MOVE);
                deleteIfPossible(doomed);
            }
        }
    }

    private Optional<Build> withFingerprint(String digest) throws IOException {
        for (Path path : list(folder)) {
            if (name(path).endsWith(FINGERPRINT) && Files.readString(path).equals(digest)) {
                return find(idOf(path));
            }
        }
        return Optional.empty();
    }

    private static String idOf(Path path) {
        String name = name(path);
        return name.endsWith(FINGERPRINT) ? name.substring(0, name.length() - FINGERPRINT.length()) : name;
    }

    private static List<String> notes(TreeCopy.Copied copied) {
        List<String> notes = new ArrayList<>();
        if (!copied.unsteady().isEmpty()) {
            notes.add("changed while the build was made, so that it may hold half of a change: "
                    + some(copied.unsteady()));
        }
        if (!copied.outwardLinks().isEmpty()) {
            notes.add("links lead out of the folder, and what lies there is no part of the build: "
                    + some(copied.outwardLinks()));
        }
        return notes;
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(3, names.size())))
                + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static void deleteIfPossible(Path tree) {
        try {
            delete(tree);
        } catch (IOException e) {
            // It stays under a name that nobody looks for.
        }
    }

    /** With all that is in it; links are removed, not followed. */
    private static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
