package dev.coatcheck.formation.release;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The releases of an application, a file for each, readable by its owner alone, because environments hold secrets. The file
 * is written once; what became of the release stands beside it, and {@code current} says which one runs. For the one who
 * holds the workspace. Safe for use by several threads.
 */
public final class ReleaseStore {
    /** Older ones than these are forgotten. */
    private static final int MOST = 50;

    private static final int FORMAT = 1;
    private static final String CURRENT = "current";
    private static final String RELEASE = ".json";
    private static final String LIVED = ".lived";
    private static final String FAILED = ".failed";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path folder;

    private record Stored(
            @JsonProperty(required = true) int format,
            @JsonProperty(required = true) Release release) {}

    private ReleaseStore(Path folder) {
        this.folder = folder;
    }

    /** In this folder, which is made if it is missing. */
    public static ReleaseStore in(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return new ReleaseStore(folder);
    }

    /** Those that are kept, the earliest first. */
    public List<Release> all() throws IOException {
        List<Release> releases = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (String.valueOf(file.getFileName()).endsWith(RELEASE)) {
                    releases.add(read(file));
                }
            }
        }
        releases.sort(Comparator.comparingInt(Release::number));
        return List.copyOf(releases);
    }

    public Optional<Release> find(int number) throws IOException {
        Path file = file(number, RELEASE);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /** The one that runs, or ran last; none where nothing readable says which, since the next start makes a new one then. */
    public Optional<Release> current() throws IOException {
        Path file = folder.resolve(CURRENT);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return find(Integer.parseInt(Files.readString(file).strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The next one. */
    public synchronized Release create(Instant created, String build, Configuration configuration) throws IOException {
        List<Release> before = all();
        int number = before.isEmpty() ? 1 : before.getLast().number() + 1;
        Release release = new Release(number, created, build, configuration);
        write(file(number, RELEASE), JSON.writeValueAsString(new Stored(FORMAT, release)));
        for (Release old : before.subList(0, Math.max(0, before.size() + 1 - MOST))) {
            forget(old.number());
        }
        return release;
    }

    /** It runs from here on; that it comes up is not said. */
    public synchronized void becameCurrent(Release release) throws IOException {
        write(folder.resolve(CURRENT), release.number() + "\n");
    }

    /** It came up, so that one can go back to it. */
    public synchronized void cameUp(Release release) throws IOException {
        write(file(release.number(), LIVED), "");
        Files.deleteIfExists(file(release.number(), FAILED));
    }

    /** It did not come up; one that did before stays one that can be gone back to. */
    public synchronized void failed(Release release) throws IOException {
        if (!Files.exists(file(release.number(), LIVED))) {
            write(file(release.number(), FAILED), "");
        }
    }

    public Release.State state(Release release) throws IOException {
        if (current().map(Release::number).equals(Optional.of(release.number()))) {
            return Release.State.CURRENT;
        }
        if (Files.exists(file(release.number(), LIVED))) {
            return Release.State.EARLIER;
        }
        return Files.exists(file(release.number(), FAILED)) ? Release.State.FAILED : Release.State.UNFINISHED;
    }

    private void forget(int number) throws IOException {
        if (!current().map(Release::number).equals(Optional.of(number))) {
            Files.deleteIfExists(file(number, LIVED));
            Files.deleteIfExists(file(number, FAILED));
            Files.deleteIfExists(file(number, RELEASE));
        }
    }

    private static Release read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readString(file), Stored.class).release();
        } catch (JacksonException e) {
            throw new IOException(
                    file + " is not a release that this version can read: " + e.getOriginalMessage()
                            + "; delete it if it is of no use",
                    e);
        }
    }

    /** At once as a whole, also on the disk: a runner may be killed at any moment, and the machine lose its power. */
    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file(int number, String kind) {
        return folder.resolve("%05d%s".formatted(number, kind));
    }
}
