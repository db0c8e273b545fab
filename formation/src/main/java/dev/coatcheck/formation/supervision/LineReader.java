package dev.coatcheck.formation.supervision;

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
    private final byte[] chunk = new byte[16 << 10];
    private int at;
    private int end;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** The next line without its end, or null at the end of the stream. */
    @Nullable
    String next() throws IOException {
        if (!fill()) {
            return null;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long leftOut = 0;
        boolean whole = false;
        while (!whole && fill()) {
            int from = at;
            while (at < end && chunk[at] != '\n') {
                at++;
            }
            int kept = Math.min(at - from, LIMIT - line.size());
            line.write(chunk, from, kept);
            leftOut += at - from - kept;
            whole = at < end;
        }
        at++;
        String text = line.toString(StandardCharsets.UTF_8);
        if (leftOut > 0) {
            return text + "… (" + leftOut + " more bytes)";
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** Makes sure that there is something in the chunk; false at the end of the stream. */
    private boolean fill() throws IOException {
        while (at >= end) {
            at = 0;
            end = 0;
            int read = in.read(chunk);
            if (read < 0) {
                return false;
            }
            end = read;
        }
        return true;
    }
}
