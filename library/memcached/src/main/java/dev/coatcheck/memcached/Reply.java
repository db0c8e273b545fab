package dev.coatcheck.memcached;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** An answer of Memcached's text protocol. */
sealed interface Reply {

    /** One line, such as {@code STORED}. */
    record Line(String text) implements Reply {}

    /**
     * What a key holds.
     *
     * @param value a whole array
     * @param unique changes with each write of the key
     */
    record Item(String key, ByteBuffer value, long unique) implements Reply {}

    /** No item, no statistics. */
    record Nothing() implements Reply {}

    record Statistics(Map<String, String> values) implements Reply {}

    /** Reads the next answer, whatever was asked; what no server of this protocol would send is an {@link IOException}. */
    static Reply read(InputStream in) throws IOException {
        var line = Lines.read(in);
        if (line.startsWith("VALUE ")) {
            return Lines.item(line, in);
        }
        if (line.startsWith("STAT ")) {
            return Lines.statistics(line, in);
        }
        return line.equals("END") ? new Nothing() : new Line(line);
    }

    /** How answers are cut. Every length that the other side says is bounded. */
    final class Lines {
        private static final int LONGEST_LINE = 4_096;
        private static final int LARGEST_VALUE = 64 * 1024 * 1024;
        private static final int MOST_STATISTICS = 10_000;

        private Lines() {}

        private static Item item(String line, InputStream in) throws IOException {
            var parts = line.split(" ", -1);
            if (parts.length != 5) {
                throw new IOException("an item without its size and version");
            }
            try {
                int length = Integer.parseInt(parts[3]);
                if (length < 0 || length > LARGEST_VALUE) {
                    throw new IOException("an item of " + length + " bytes");
                }
                var value = in.readNBytes(length);
                if (value.length != length || !read(in).isEmpty() || !read(in).equals("END")) {
                    throw new IOException("an item that does not end");
                }
                return new Item(parts[1], ByteBuffer.wrap(value), Long.parseUnsignedLong(parts[4]));
            } catch (NumberFormatException e) {
                throw new IOException("an item without its size and version", e);
            }
        }

        private static Statistics statistics(String first, InputStream in) throws IOException {
            var values = new HashMap<String, String>();
            for (var line = first; !line.equals("END"); line = read(in)) {
                var parts = line.split(" ", 3);
                if (parts.length != 3 || values.size() > MOST_STATISTICS) {
                    throw new IOException("statistics that do not end");
                }
                values.put(parts[1], parts[2]);
            }
            return new Statistics(values);
        }

        private static String read(InputStream in) throws IOException {
            var line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("the server closed the connection");
                }
                if (line.length() >= LONGEST_LINE) {
                    throw new IOException("a line that does not end");
                }
                line.append((char) next);
            }
            int end = line.length() - 1;
            if (end < 0 || line.charAt(end) != '\r') {
                throw new IOException("a line that does not end as lines do");
            }
            return line.substring(0, end);
        }
    }
}
