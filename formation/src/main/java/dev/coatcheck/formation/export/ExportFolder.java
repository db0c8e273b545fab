package dev.coatcheck.formation.export;

import dev.coatcheck.formation.FormationException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The folder that an export is written to. It keeps a list of what was written, in the form of {@code sha256sum}, so that
 * the next export replaces its own files and none that is somebody's: neither one that was there before, nor one that was
 * changed by hand since.
 */
public final class ExportFolder {
    static final String LIST = ".coatcheck-export";

    private static final Pattern ENTRY = Pattern.compile("([0-9a-f]{64})  ([^/]+)");

    private final Path folder;

    private ExportFolder(Path folder) {
        this.folder = folder;
    }

    /** A folder that need not exist yet. */
    public static ExportFolder at(Path folder) {
        return new ExportFolder(folder);
    }

    /**
     * What was done.
     *
     * @param files all of the export, absolute
     * @param leftOver files of an earlier export that this one has no more, left where they are
     */
    public record Written(List<Path> files, List<Path> leftOver) {
        public Written {
            files = List.copyOf(files);
            leftOver = List.copyOf(leftOver);
        }
    }

    /**
     * Writes all files, or none.
     *
     * @param force whether files that are somebody's are replaced too
     * @throws FormationException if there are such files and {@code force} is false, or if it cannot be written there
     */
    public Written write(List<Manifest> manifests, boolean force) {
        try {
            Map<String, String> known = known();
            if (!force) {
                refuseForeign(manifests, known);
            }
            Files.createDirectories(folder);
            List<Path> files = new ArrayList<>();
            Map<String, String> list = new LinkedHashMap<>();
            for (Manifest manifest : manifests) {
                files.add(replace(manifest.name(), manifest.text()));
                list.put(manifest.name(), Names.digest(manifest.text()));
            }
            known.keySet().removeAll(list.keySet());
            List<Path> leftOver = known.keySet().stream()
                    .map(folder::resolve)
                    .filter(Files::exists)
                    .toList();
            leftOver.forEach(path -> list.put(name(path), known.getOrDefault(name(path), "")));
            replace(
                    LIST,
                    list.entrySet().stream()
                            .map(entry -> entry.getValue() + "  " + entry.getKey() + "\n")
                            .collect(Collectors.joining()));
            return new Written(files, leftOver);
        } catch (IOException e) {
            throw new FormationException("cannot write the export to " + folder + ": " + e, e);
        }
    }

    private void refuseForeign(List<Manifest> manifests, Map<String, String> known) throws IOException {
        List<String> foreign = new ArrayList<>();
        for (Manifest manifest : manifests) {
            Path file = folder.resolve(manifest.name());
            String found = Files.exists(file) ? digest(file) : "";
            if (!found.isEmpty()
                    && !found.equals(known.get(manifest.name()))
                    && !found.equals(Names.digest(manifest.text()))) {
                foreign.add(file + (known.containsKey(manifest.name()) ? " was changed since" : " was there before"));
            }
        }
        if (!foreign.isEmpty()) {
            throw new FormationException("nothing was written, because these files are not as an export left them:\n  "
                    + String.join("\n  ", foreign)
                    + "\nGive another --out and compare, or replace them with --force.");
        }
    }

    private Map<String, String> known() throws IOException {
        Map<String, String> known = new TreeMap<>();
        Path list = folder.resolve(LIST);
        if (Files.exists(list)) {
            for (String line : Files.readAllLines(list)) {
                Matcher entry = ENTRY.matcher(line);
                if (entry.matches()) {
                    known.put(entry.group(2), entry.group(1));
                }
            }
        }
        return known;
    }

    private static String digest(Path file) throws IOException {
        try {
            return Names.digest(Files.readString(file));
        } catch (MalformedInputException e) {
            return "no text";
        }
    }

    private Path replace(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Path fresh = folder.resolve(name + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return file;
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
