package dev.coatcheck.formation.application;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Random values for variables that {@code app.json} wants generated, kept in a file that only its owner may read, so that
 * sessions and signatures made with them stay valid at the next start. The file has the form of a {@code .env} file.
 */
public final class GeneratedSecrets {
    private static final int BYTES = 32;

    private final Path file;

    private GeneratedSecrets(Path file) {
        this.file = file;
    }

    /** Kept in this file, which need not exist yet. */
    public static GeneratedSecrets in(Path file) {
        return new GeneratedSecrets(file);
    }

    /**
     * The values of these names: those that are kept, and new ones of 256 bits for the others.
     *
     * @throws InvalidApplicationException if the file was changed into something else
     */
    public Map<String, String> values(Set<String> names) throws IOException {
        Map<String, String> kept = new TreeMap<>(read());
        if (!kept.keySet().containsAll(names)) {
            names.forEach(name -> kept.computeIfAbsent(name, _ -> random()));
            write(kept);
        }
        Map<String, String> wanted = new HashMap<>(kept);
        wanted.keySet().retainAll(names);
        return wanted;
    }

    private Map<String, String> read() {
        if (Files.notExists(file)) {
            return Map.of();
        }
        Problems problems = new Problems();
        String name = file.toString();
        Map<String, String> kept = TextFile.read(file, name, problems)
                .map(text -> DotEnv.parse(name, text, problems).variables())
                .orElseGet(Map::of);
        problems.throwIfAny();
        return kept;
    }

    private void write(Map<String, String> secrets) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                fresh,
                secrets.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }
}
