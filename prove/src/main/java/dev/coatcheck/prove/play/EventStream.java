package dev.coatcheck.prove.play;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A response of server-sent events that has not ended. */
final class EventStream extends OpenSocket {
    /** What goes on for longer has no end that is worth waiting for. */
    private static final Duration LONGEST_BEGINNING = Duration.ofSeconds(5);

    /** A line of an event, as it is kept. */
    private static final int LONGEST_LINE = 1 << 20;

    private final Closeable connection;
    private final InputStream stream;

    /**
     * @param connection to be closed at the end
     * @param stream what comes, from its beginning
     */
    private EventStream(Socket socket, Target target, Closeable connection, InputStream stream) {
        super(socket, target);
        this.connection = connection;
        this.stream = stream;
    }

    /** What the beginning of a response shows. */
    sealed interface Beginning {
        /** It has ended: an answer that comes in pieces. */
        record Whole(Content content) implements Beginning {}

        /** It goes on when there is something to tell. */
        record Open(EventStream stream) implements Beginning {}
    }

    /**
     * Reads until the response ends, or nothing comes for so long, five seconds at most.
     *
     * @throws IOException if it ends in the middle
     */
    static Beginning begin(Socket socket, Target target, Closeable connection, InputStream body, Duration quiet)
            throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 << 10];
        socket.setSoTimeout((int) quiet.toMillis());
        long start = System.nanoTime();
        try {
            while (read.size() < Content.KEPT && System.nanoTime() - start < LONGEST_BEGINNING.toNanos()) {
                int length = body.read(buffer);
                if (length < 0) {
                    return new Beginning.Whole(Content.of(read.toByteArray()));
                }
                read.write(buffer, 0, length);
            }
        } catch (SocketTimeoutException e) {
            // Nothing is lost: what comes next is read from here on.
        }
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(read.toByteArray()), body);
        return new Beginning.Open(new EventStream(socket, target, connection, whole));
    }

    @Override
    void hear(Ear ear) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        StringBuilder data = new StringBuilder();
        String event = "";
        for (Optional<String> next = line(lines); next.isPresent(); next = line(lines)) {
            String line = next.get();
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    ear.hear(event, data.substring(0, data.length() - 1));
                }
                data.setLength(0);
                event = "";
            } else if (line.startsWith("data:") && data.length() < LONGEST_LINE) {
                data.append(value(line)).append('\n');
            } else if (line.startsWith("event:")) {
                event = value(line);
            }
            // Ids, times to come again and comments say nothing to the page that listens.
        }
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    /** Of a line that never ends no more is kept than is looked at. */
    private static Optional<String> line(BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = lines.read(); next >= 0; next = lines.read()) {
            if (next == '\n') {
                return Optional.of(line.toString());
            }
            if (next != '\r' && line.length() < LONGEST_LINE) {
                line.append((char) next);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        super.close();
        try {
            connection.close();
        } catch (IOException e) {
            // The socket below it is closed already.
        }
    }
}
