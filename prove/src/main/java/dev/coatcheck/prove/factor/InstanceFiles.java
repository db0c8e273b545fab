package dev.coatcheck.prove.factor;

import dev.coatcheck.prove.isolation.FileChange;
import dev.coatcheck.prove.isolation.Layer;
import dev.coatcheck.prove.location.Incidental;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files that a process has created or changed at a moment, but for what runtimes write for themselves.
 *
 * @param files by their paths, as the application knows them
 */
record InstanceFiles(Map<Path, Written> files) {
    private static final int MOST_SHOWN = 3;

    /** What is in a folder of logs, {@code error.log}, {@code access_log}, and either with a number or a date behind it. */
    private static final Pattern LOG = Pattern.compile(
            "(.*/)?(logs?/[^/]+(/.*)?|[^/]*[._-]log([._-]\\d[^/]*|\\.txt|\\.gz)?)", Pattern.CASE_INSENSITIVE);

    /** The logs of databases, which are their data: {@code 000003.log} of LevelDB, {@code log1.dat} of Derby. */
    private static final Pattern DATA =
            Pattern.compile("(.*/)?(\\d{6}\\.log|[^/]*\\.(dat|ctrl|db|sst|ldb))", Pattern.CASE_INSENSITIVE);

    /** How a file was last written. */
    private record Written(long size, FileTime at) {}

    static InstanceFiles of(Layer layer) throws IOException {
        Map<Path, Written> files = new TreeMap<>();
        for (FileChange change : layer.changes()) {
            switch (change) {
                case FileChange.Created(Path path, Path content, long size, FileTime at) ->
                    add(files, path, content, new Written(size, at));
                case FileChange.Modified(Path path, Path content, long size, FileTime at) ->
                    add(files, path, content, new Written(size, at));
                case FileChange.Deleted _ -> {}
            }
        }
        return new InstanceFiles(files);
    }

    private static void add(Map<Path, Written> files, Path path, Path content, Written written) {
        if (Files.isRegularFile(content, LinkOption.NOFOLLOW_LINKS) && !Incidental.is(path.toString())) {
            files.put(path, written);
        }
    }

    /** Those that were written since. */
    InstanceFiles since(InstanceFiles before) {
        return where(path -> !Objects.equals(files.get(path), before.files.get(path)));
    }

    InstanceFiles in(Path folder) {
        return where(path -> path.startsWith(folder));
    }

    InstanceFiles outside(Path folder) {
        return where(path -> !path.startsWith(folder));
    }

    /** Those in the folders that are made for what does not stay. */
    InstanceFiles temporary(Map<String, String> environment) {
        List<Path> folders = Stream.concat(
                        Stream.of("/tmp", "/var/tmp", "/dev/shm"),
                        Stream.of("TMPDIR", "TMP", "TEMP").map(environment::get).filter(folder -> folder != null))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .toList();
        return where(path -> folders.stream().anyMatch(path::startsWith));
    }

    /** Those that are called as logs are, or lie in a folder that is. */
    InstanceFiles logs(Path folder) {
        return where(path -> isLog((path.startsWith(folder) ? folder.relativize(path) : path).toString()));
    }

    InstanceFiles withoutLogs(Path folder) {
        Set<Path> logs = logs(folder).files.keySet();
        return where(path -> !logs.contains(path));
    }

    static boolean isLog(String path) {
        return LOG.matcher(path).matches() && !DATA.matcher(path).matches();
    }

    private InstanceFiles where(Predicate<Path> wanted) {
        return new InstanceFiles(files.entrySet().stream()
                .filter(file -> wanted.test(file.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, TreeMap::new)));
    }

    boolean areNone() {
        return files.isEmpty();
    }

    /** The first of them and how many more there are, with paths as seen from a folder. */
    String inWords(Path folder) {
        String first = files.entrySet().stream()
                .limit(MOST_SHOWN)
                .map(file -> "%s (%s)"
                        .formatted(
                                file.getKey().startsWith(folder) ? folder.relativize(file.getKey()) : file.getKey(),
                                size(file.getValue().size())))
                .collect(Collectors.joining(", "));
        int more = files.size() - MOST_SHOWN;
        return more <= 0 ? first : first + " and " + more + " more";
    }

    private static String size(long bytes) {
        return bytes < 10_000
                ? bytes + (bytes == 1 ? " byte" : " bytes")
                : String.format(Locale.ROOT, "%.0f kB", bytes / 1000.0);
    }
}
