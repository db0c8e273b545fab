package dev.coatcheck.prove.scenario;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What follows the headers of a request. Each kind has its content type, which a header of the step overrides. */
public sealed interface Body {

    /** Nothing, and no content type. */
    record None() implements Body {}

    /**
     * Text, sent as UTF-8.
     *
     * @param contentType empty where the step says nothing of it
     */
    record Text(Template text, String contentType) implements Body {}

    /** JSON, sent as it was written; a variable inside a string is escaped as JSON asks. */
    record Json(Template text) implements Body {}

    /** {@code application/x-www-form-urlencoded}; the values are not yet encoded. */
    record Form(List<Field> fields) implements Body {
        public Form {
            fields = List.copyOf(fields);
        }
    }

    /** {@code multipart/form-data}. */
    record Multipart(List<Part> parts) implements Body {
        public Multipart {
            parts = List.copyOf(parts);
        }
    }

    /** The bytes of a file, read when the step is sent. */
    record File(Path path, String contentType) implements Body {}

    /** Bytes, in base64 here so that equal bytes are equal bodies; without a content type. */
    record Bytes(String base64) implements Body {
        public static Bytes of(byte[] content) {
            return new Bytes(Base64.getEncoder().encodeToString(content));
        }

        public byte[] content() {
            return Base64.getDecoder().decode(base64);
        }
    }

    /** Messages on a WebSocket, in the order in which they are sent. */
    record Messages(List<Message> messages) implements Body {
        public Messages {
            messages = List.copyOf(messages);
        }
    }

    /**
     * One text message of {@link Messages}.
     *
     * @param after what is waited for before it is sent
     */
    record Message(Template text, Await after) {}

    /** What a message waits for. */
    enum Await {
        NOTHING,
        /** A message of the other side; where none comes soon, it is sent all the same, as a beat may come at another time. */
        A_MESSAGE_FOR_A_WHILE,
        /** A message of the other side, without which it is not sent. */
        A_MESSAGE
    }

    /** One part of a {@link Multipart}. */
    sealed interface Part {
        String name();
    }

    /** A part that is text. */
    record TextPart(String name, Template value) implements Part {}

    /** A part that is a file, read when the step is sent, under the file's own name. */
    record FilePart(String name, Path path, String contentType) implements Part {}

    /**
     * A part whose bytes were recorded, in base64 here so that equal bytes are equal parts.
     *
     * @param fileName what it is called; empty for what is no file but has a content type of its own
     */
    record BytesPart(String name, Optional<String> fileName, String contentType, String base64) implements Part {
        public static BytesPart of(String name, Optional<String> fileName, String contentType, byte[] content) {
            return new BytesPart(
                    name, fileName, contentType, Base64.getEncoder().encodeToString(content));
        }

        public byte[] content() {
            return Base64.getDecoder().decode(base64);
        }
    }
}
