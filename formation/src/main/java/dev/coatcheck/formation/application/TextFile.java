package dev.coatcheck.formation.application;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that a person wrote: UTF-8, of a size that a person writes, with the line ends of any system. */
final class TextFile {
    private static final int LIMIT = 1 << 20;

    private TextFile() {}

    /** The text with {@code \n} at its line ends and without a byte order mark; empty after telling a problem. */
    static Optional<String> read(Path file, String name, Problems problems) {
        byte[] bytes;
        try (InputStream stream = Files.newInputStream(file)) {
            bytes = stream.readNBytes(LIMIT + 1);
        } catch (IOException e) {
            problems.add(name, "cannot be read: " + e);
            return Optional.empty();
        }
        if (bytes.length > LIMIT) {
            problems.add(name, "is larger than 1 MiB, so it is hardly what its name says");
            return Optional.empty();
        }
        CharBuffer characters = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), characters, true);
        String text = characters.flip().toString();
        if (result.isError()) {
            problems.addAtLine(name, lineOf(text, text.length()), "is not UTF-8 text");
            return Optional.empty();
        }
        if (text.indexOf('\0') >= 0) {
            problems.addAtLine(name, lineOf(text, text.indexOf('\0')), "holds a NUL character");
            return Optional.empty();
        }
        return Optional.of((text.startsWith("\uFEFF") ? text.substring(1) : text).replace("\r\n", "\n"));
    }

    private static int lineOf(String text, int offset) {
        return 1
                + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }
}
