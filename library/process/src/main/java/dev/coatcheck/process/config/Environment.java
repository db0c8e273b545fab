package dev.coatcheck.process.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The variables that are set, and the files that {@code NAME_FILE} names. */
final class Environment {
    /** More than any certificate chain; a limit, so that a wrong name cannot fill the memory. */
    static final int FILE_LIMIT = 64 * 1024;

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** What a setting finds. */
    sealed interface Found {
        /** A text, and where it stood: the empty text for the variable itself, or a remark that names the file. */
        record Text(String text, String origin) implements Found {}

        record Nothing() implements Found {}

        /** Something that cannot be used; {@code wrong} is read after the variable's name. */
        record Unusable(String subject, String wrong) implements Found {}
    }

    /** The names of the variables that hold anything. */
    Set<String> names() {
        return variables.keySet().stream().filter(this::isSet).collect(Collectors.toUnmodifiableSet());
    }

    Found find(Setting setting) {
        var plain = isSet(setting.name());
        var file = isSet(setting.fileName());
        if (plain && file) {
            return new Found.Unusable(setting.name(), "and " + setting.fileName() + " are both set; unset one of them");
        }
        if (file) {
            return read(setting.fileName(), variables.getOrDefault(setting.fileName(), ""));
        }
        return plain ? new Found.Text(variables.getOrDefault(setting.name(), ""), "") : new Found.Nothing();
    }

    private boolean isSet(String name) {
        return !variables.getOrDefault(name, "").isEmpty();
    }

    private static Found read(String name, String location) {
        try {
            var file = Path.of(location);
            // Not a pipe or a device: those could block the start, or never end.
            if (!Files.isRegularFile(file)) {
                return unusable(name, location, Files.exists(file) ? "which is not a file" : "which does not exist");
            }
            var bytes = firstBytes(file);
            if (bytes.length > FILE_LIMIT) {
                return unusable(name, location, "which is larger than " + FILE_LIMIT / 1024 + " KiB");
            }
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            var value = text.replaceFirst("\\r?\\n\\z", "");
            return value.isEmpty()
                    ? unusable(name, location, "which is empty")
                    : new Found.Text(value, " (read from the file " + Shown.plain(location) + ")");
        } catch (CharacterCodingException wrong) {
            return unusable(name, location, "which is not UTF-8 text");
        } catch (IOException wrong) {
            return unusable(
                    name, location, "which cannot be read (" + wrong.getClass().getSimpleName() + ")");
        } catch (InvalidPathException wrong) {
            return unusable(name, location, "which is no path");
        }
    }

    private static byte[] firstBytes(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(FILE_LIMIT + 1);
        }
    }

    private static Found unusable(String name, String location, String why) {
        return new Found.Unusable(name, "names " + Shown.plain(location) + ", " + why);
    }
}
