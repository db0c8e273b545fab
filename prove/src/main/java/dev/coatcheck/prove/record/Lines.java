package dev.coatcheck.prove.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The lines of HTTP, byte by byte; the stream should be buffered. */
final class Lines {
    private Lines() {}

    /** One line without its end, with each byte as a character; empty at the end of the stream. */
    static Optional<String> read(InputStream stream, int longest) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int read = stream.read();
            if (read < 0) {
                return line.isEmpty() ? Optional.empty() : Optional.of(line.toString());
            }
            if (read == '\n') {
                int length = line.length();
                boolean carriage = length > 0 && line.charAt(length - 1) == '\r';
                return Optional.of(carriage ? line.substring(0, length - 1) : line.toString());
            }
            if (line.length() >= longest) {
                throw new IOException("a line of more than " + longest + " bytes is not taken");
            }
            line.append((char) read);
        }
    }

    static byte[] bytes(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
