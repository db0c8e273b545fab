package dev.coatcheck.prove.location;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the files that were changed hold a needle: in their content, or in their name.
 *
 * <pre>{@code
 * FileSearch.Result result = FileSearch.search("web.1", changed, needles);
 * result.holding(); // FILE "SQLite database /srv/app/app.db", FILE "/srv/app/sessions.json, line 3"
 * }</pre>
 */
public final class FileSearch {
    private static final int CHUNK = 1 << 20;

    /** Of a file as much is read; a needle is near the beginning or the end of what a step wrote, and these are whole. */
    private static final long LONGEST_READ = 1L << 30;

    private static final int BEGINNING = 4096;

    private final String instance;
    private final PatternSearch search;

    /**
     * What was found.
     *
     * Both in the order of their paths, and without the folders of those that are listed.
     *
     * @param holding the files that hold a needle, one for each database
     * @param others the changed files that hold none, as the application sees them, without those that runtimes and tools
     *     write for themselves; a cause may be among them, where a step wrote nothing that is known from outside
     * @param notes which files could not be read, and why; for people
     */
    public record Result(List<Location> holding, List<String> others, List<String> notes) {}

    private FileSearch(String instance, Collection<Needle> needles) {
        this.instance = instance;
        this.search = new PatternSearch(needles);
    }

    /**
     * Looks into each of the files.
     *
     * @param instance whose files they are
     */
    public static Result search(String instance, Collection<ChangedFile> files, Collection<Needle> needles) {
        return new FileSearch(instance, needles).search(files);
    }

    private Result search(Collection<ChangedFile> files) {
        Map<String, Location> holding = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<ChangedFile> inOrder =
                files.stream().sorted(Comparator.comparing(ChangedFile::path)).toList();
        for (ChangedFile file : inOrder) {
            Sqlite sqlite = Sqlite.of(file, files);
            try {
                Optional<String> found = look(file, sqlite);
                boolean told = found.isPresent() || !Incidental.is(file.path());
                if (told) {
                    holding.keySet().removeIf(folder -> file.path().startsWith(folder + "/"));
                    others.removeIf(folder -> file.path().startsWith(folder + "/"));
                }
                if (found.isPresent()) {
                    holding.putIfAbsent(
                            sqlite.isDatabase() ? sqlite.database() : file.path(),
                            new Location(Location.Kind.FILE, instance, found.get()));
                } else if (!Incidental.is(file.path())) {
                    others.add(file.path());
                }
            } catch (IOException e) {
                notes.add(file.path() + " cannot be read: " + e.getMessage());
            }
        }
        return new Result(List.copyOf(holding.values()), List.copyOf(others), List.copyOf(notes));
    }

    private Optional<String> look(ChangedFile file, Sqlite sqlite) throws IOException {
        Optional<Content> content = Files.isRegularFile(file.copy()) ? read(file) : Optional.empty();
        if (content.isPresent()) {
            return Optional.of(
                    sqlite.isDatabase()
                            ? "SQLite database " + sqlite.database()
                            : file.path() + content.get().inWords());
        }
        Optional<Needle> named = search.firstOf(file.path());
        return named.isPresent()
                ? Optional.of(file.path() + ", named after " + named.get().origin() + size(file))
                : Optional.empty();
    }

    private static String size(ChangedFile file) throws IOException {
        return Files.isRegularFile(file.copy()) ? " (" + Files.size(file.copy()) + " bytes)" : "";
    }

    /**
     * Content that holds a needle.
     *
     * @param line where the needle begins; 0 where the file is no text
     */
    private record Content(long bytes, long line) {
        String inWords() {
            return line > 0 ? ", line " + line : " (" + bytes + " bytes, binary)";
        }
    }

    private Optional<Content> read(ChangedFile file) throws IOException {
        byte[] bytes = new byte[search.overlap() + CHUNK];
        int kept = 0;
        long lines = 1;
        long read = 0;
        boolean text = true;
        try (InputStream in = Files.newInputStream(file.copy())) {
            while (read < LONGEST_READ) {
                int length = in.readNBytes(bytes, kept, CHUNK);
                if (length == 0) {
                    return Optional.empty();
                }
                if (read == 0) {
                    text = isText(bytes, Math.min(length, BEGINNING));
                }
                int end = kept + length;
                int position = search.firstIn(bytes, 0, end);
                if (position >= 0) {
                    return Optional.of(
                            new Content(Files.size(file.copy()), text ? lines + lineEnds(bytes, position) : 0));
                }
                read += length;
                kept = Math.min(search.overlap(), end);
                lines += lineEnds(bytes, end - kept);
                System.arraycopy(bytes, end - kept, bytes, 0, kept);
            }
        }
        return Optional.empty();
    }

    private static boolean isText(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                .chars()
                .noneMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\033');
    }

    private static long lineEnds(byte[] bytes, int to) {
        long count = 0;
        for (int i = 0; i < to; i++) {
            if (bytes[i] == '\n') {
                count++;
            }
        }
        return count;
    }
}
