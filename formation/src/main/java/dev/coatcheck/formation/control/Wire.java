package dev.coatcheck.formation.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.json.JsonMapper;

/** One end of a control socket: a JSON object a line. What one side does not know yet is passed over by the other. */
final class Wire implements AutoCloseable {
    private static final int LIMIT = 8 << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    /** The other side asks for, or answers, what this version has not heard of. */
    static final class UnknownException extends IOException {
        private static final long serialVersionUID = 1;

        UnknownException(String name) {
            super("'" + name + "' is unknown");
        }
    }

    Wire(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
        this.out = Channels.newOutputStream(channel);
    }

    static String line(Object message) {
        return JSON.writeValueAsString(message) + "\n";
    }

    void send(Object message) throws IOException {
        out.write(line(message).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** For whole lines from elsewhere, while nothing is {@linkplain #send sent}. */
    OutputStream stream() {
        return out;
    }

    /**
     * The next line.
     *
     * @throws EOFException if the other side went away
     */
    <T> T receive(Class<T> type) throws IOException {
        String line = line();
        try {
            return JSON.readValue(line, type);
        } catch (InvalidTypeIdException e) {
            throw new UnknownException(String.valueOf(e.getTypeId()));
        } catch (JacksonException e) {
            throw new IOException("the control socket speaks something else: " + e.getOriginalMessage(), e);
        }
    }

    /** Ends it from another thread: whoever reads or writes here gets an exception. */
    void hangUp() {
        close();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closed in any case.
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the other side of the control socket went away");
            }
            if (line.size() == LIMIT) {
                throw new IOException("the other side of the control socket says too much");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
