package dev.coatcheck.formation.supervision;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of at most 64 KiB, whatever a process writes: of a longer one the rest is left out and counted. What is not UTF-8
 * becomes replacement characters.
 */
final class LineReader {
    static final int LIMIT = 64 << 10;

    private final InputStream in;

    LineReader(InputStream in) {
        this.in = new BufferedInputStream(in, 16 << 10);
    }

    /** The next line without its end, or null at the end of the stream. */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long leftOut = 0;
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() < LIMIT) {
                line.write(b);
            } else {
                leftOut++;
            }
        }
        String text = line.toString(StandardCharsets.UTF_8);
        if (leftOut > 0) {
            return text + "… (" + leftOut + " more bytes)";
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
