package dev.coatcheck.prove.record;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** How it is known where a body ends (RFC 9112, section 6). */
sealed interface Framing {
    /** There is no body. */
    record None() implements Framing {}

    /** It has so many bytes. */
    record Length(long bytes) implements Framing {}

    /** Each piece says its length. */
    record Chunked() implements Framing {}

    /** It ends with the connection. */
    record ToTheEnd() implements Framing {}

    int BUFFER = 16 << 10;
    int LONGEST_LINE = 8 << 10;

    static Framing ofRequest(Head head) throws IOException {
        return said(head).orElse(new None());
    }

    static Framing ofResponse(Head head, String method) throws IOException {
        int status = head.status();
        boolean bodiless = method.equals("HEAD") || status / 100 == 1 || status == 204 || status == 304;
        return bodiless ? new None() : said(head).orElse(new ToTheEnd());
    }

    private static Optional<Framing> said(Head head) throws IOException {
        if (head.says("Transfer-Encoding", "chunked")) {
            return Optional.of(new Chunked());
        }
        Optional<String> length = head.header("Content-Length");
        if (length.isEmpty()) {
            return Optional.empty();
        }
        try {
            long bytes = Long.parseLong(length.get());
            return Optional.of(bytes == 0 ? new None() : new Length(bytes));
        } catch (NumberFormatException e) {
            throw new IOException("'" + length.get() + "' is no Content-Length", e);
        }
    }

    /** Hands a body on as it comes, and keeps it. */
    default void relay(InputStream from, OutputStream to, Kept kept) throws IOException {
        switch (this) {
            case None() -> {}
            case Length(long bytes) -> piece(from, to, kept, bytes);
            case Chunked() -> chunks(from, to, kept);
            case ToTheEnd() -> {
                byte[] buffer = new byte[BUFFER];
                for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                    kept.add(buffer, read);
                    to.write(buffer, 0, read);
                    to.flush();
                }
            }
        }
        to.flush();
    }

    private static void piece(InputStream from, OutputStream to, Kept kept, long bytes) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = bytes;
        while (left > 0) {
            int read = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the connection ended inside a body");
            }
            left -= read;
            kept.add(buffer, read);
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    private static void chunks(InputStream from, OutputStream to, Kept kept) throws IOException {
        while (true) {
            String size = line(from);
            to.write(Lines.bytes(size));
            long bytes;
            try {
                bytes = Long.parseLong(size.split(";", 2)[0].strip(), 16);
            } catch (NumberFormatException e) {
                throw new IOException("a chunk does not say its length", e);
            }
            if (bytes == 0) {
                break;
            }
            piece(from, to, kept, bytes);
            to.write(Lines.bytes(line(from)));
        }
        String trailer;
        do {
            trailer = line(from);
            to.write(Lines.bytes(trailer));
        } while (!trailer.isEmpty());
    }

    private static String line(InputStream from) throws IOException {
        return Lines.read(from, LONGEST_LINE).orElseThrow(() -> new EOFException("the connection ended inside a body"));
    }
}
