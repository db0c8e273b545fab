package dev.coatcheck.formation.router;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Just enough of HTTP/1.1 for both ends of a test to see each byte. */
final class Http {
    private Http() {}

    /** Up to and with the empty line; null where the stream ends before the first byte. */
    static @Nullable String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int tail = 0;
        while (tail != 0x0d0a0d0a) {
            int octet = in.read();
            if (octet < 0) {
                if (head.size() == 0) {
                    return null;
                }
                throw new EOFException("the head ends early: " + head);
            }
            head.write(octet);
            tail = tail << 8 | octet;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static byte[] readBody(InputStream in, String head, boolean untilEnd) throws IOException {
        if (header(head, "Transfer-Encoding").isPresent()) {
            return readChunks(in);
        }
        Optional<String> length = header(head, "Content-Length");
        if (length.isPresent()) {
            byte[] body = in.readNBytes(Integer.parseInt(length.get()));
            if (body.length < Integer.parseInt(length.get())) {
                throw new EOFException("the body ends early");
            }
            return body;
        }
        return untilEnd ? in.readAllBytes() : new byte[0];
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(readLine(in), 16);
            if (size == 0) {
                readLine(in);
                return body.toByteArray();
            }
            byte[] chunk = in.readNBytes(size);
            if (chunk.length < size) {
                throw new EOFException("a chunk ends early");
            }
            body.writeBytes(chunk);
            readLine(in);
        }
    }

    static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int octet = in.read();
        while (octet != '\n') {
            if (octet < 0) {
                throw new EOFException("a line ends early: " + line);
            }
            line.write(octet);
            octet = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    static Optional<String> header(String head, String name) {
        return headers(head, name).stream().findFirst();
    }

    static List<String> headers(String head, String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return head.lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .toList();
    }
}
