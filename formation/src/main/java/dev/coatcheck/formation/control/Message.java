package dev.coatcheck.formation.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The two kinds of lines on a control socket. What one side does not know yet is passed over by the other. */
sealed interface Message {
    int LIMIT = 1 << 20;

    JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** What a client asks for: {@code ps} or {@code stop}. */
    record Request(String command) implements Message {}

    /** The answer: instances, or an error, or neither where it was simply done. */
    record Reply(
            @Nullable List<InstanceView> instances,
            @Nullable String error) implements Message {}

    static void write(OutputStream out, Message message) throws IOException {
        out.write((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    static <T extends Message> T read(InputStream in, Class<T> type) throws IOException {
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
        try {
            return JSON.readValue(line.toString(StandardCharsets.UTF_8), type);
        } catch (JacksonException e) {
            throw new IOException("the control socket speaks something else: " + e.getOriginalMessage(), e);
        }
    }
}
