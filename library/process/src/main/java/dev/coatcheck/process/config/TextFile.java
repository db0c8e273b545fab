package dev.coatcheck.process.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file that holds one value. Its path is followed anew each time that it is read: container platforms replace a secret by
 * pointing a link elsewhere.
 */
record TextFile(String location) implements Place {
    /** More than any certificate chain; a limit, so that a wrong name cannot fill the memory. */
    static final int LIMIT = 64 * 1024;

    @Override
    public String read() throws SecretException {
        try {
            var file = Path.of(location);
            // Not a pipe or a device: those could block the start, or never end.
            if (!Files.isRegularFile(file)) {
                throw new SecretException(Files.exists(file) ? "is not a file" : "does not exist");
            }
            var bytes = firstBytes(file);
            if (bytes.length > LIMIT) {
                throw new SecretException("is larger than " + LIMIT / 1024 + " KiB");
            }
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("\\r?\\n\\z", "");
            if (text.isEmpty()) {
                throw new SecretException("is empty");
            }
            return text;
        } catch (CharacterCodingException wrong) {
            throw new SecretException("is not UTF-8 text");
        } catch (IOException wrong) {
            throw new SecretException("cannot be read (" + wrong.getClass().getSimpleName() + ")");
        } catch (InvalidPathException wrong) {
            throw new SecretException("is no path");
        }
    }

    private static byte[] firstBytes(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(LIMIT + 1);
        }
    }
}
