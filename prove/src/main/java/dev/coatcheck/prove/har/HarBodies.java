package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.ContentTypes;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.FilesBeside;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes of what a recording holds of a body what a step sends. */
final class HarBodies {
    private static final char NOT_TEXT = '\uFFFD';

    private final Path recording;
    private final FilesBeside files;
    private final RecordedOrigin origin;
    private final List<String> notes;

    HarBodies(Path recording, RecordedOrigin origin, List<String> notes) {
        this.recording = recording;
        this.files = new FilesBeside(recording);
        this.origin = origin;
        this.notes = notes;
    }

    /** @throws InvalidScenarioException if a file was uploaded that neither the recording nor the folder beside it has */
    Body of(HarEntry entry) {
        HarBody body = entry.body().filter(found -> !found.isEmpty()).orElse(null);
        if (body == null) {
            if (entry.bodySize() > 0) {
                notes.add(entry.where() + " had a body of " + entry.bodySize()
                        + " bytes that is not in it, and is sent without one; 'coatcheck record' keeps all bodies");
            }
            return new Body.None();
        }
        String type = body.mediaType();
        if (type.equals("multipart/form-data")) {
            return multipart(entry, body);
        }
        if (body.text().isEmpty()) {
            return new Body.Form(body.params().stream()
                    .map(param -> new Field(param.name(), origin.template(param.value())))
                    .toList());
        }
        byte[] bytes = bytes(entry, body);
        Optional<String> text = text(bytes);
        if (text.isEmpty()) {
            return Body.Bytes.of(bytes);
        }
        if (!body.encoded() && text.get().indexOf(NOT_TEXT) >= 0) {
            notes.add(entry.where() + " sent bytes that are no text, which the browser has spoiled in its export;"
                    + " 'coatcheck record' keeps them");
        }
        if (type.equals(ContentTypes.FORM)) {
            return form(text.get());
        }
        return type.endsWith("/json") || type.endsWith("+json")
                ? new Body.Json(origin.template(text.get()))
                : new Body.Text(origin.template(text.get()), "");
    }

    private byte[] bytes(HarEntry entry, HarBody body) {
        try {
            return body.bytes();
        } catch (IllegalArgumentException e) {
            throw wrong(entry, "request.postData.text is no base64, though it is said to be");
        }
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** With its values apart, so that each can be bound; as it is, where it is no list of them. */
    private Body form(String text) {
        List<Field> fields = new ArrayList<>();
        for (String pair : text.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            Optional<String> name = decoded(parts[0]);
            Optional<String> value = parts.length == 2 ? decoded(parts[1]) : Optional.empty();
            if (name.isEmpty() || value.isEmpty()) {
                return new Body.Text(origin.template(text), ContentTypes.FORM);
            }
            fields.add(new Field(name.get(), origin.template(value.get())));
        }
        return new Body.Form(fields);
    }

    private static Optional<String> decoded(String text) {
        try {
            return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Body multipart(HarEntry entry, HarBody body) {
        if (body.text().isEmpty()) {
            return new Body.Multipart(
                    body.params().stream().map(param -> part(entry, param)).toList());
        }
        byte[] bytes = bytes(entry, body);
        Optional<List<RawMultipart.Part>> parts = RawMultipart.parse(body.contentType(), bytes);
        if (parts.isEmpty()) {
            return Body.Bytes.of(bytes);
        }
        return new Body.Multipart(parts.get().stream()
                .map(part -> part(entry, part, !body.encoded()))
                .toList());
    }

    private Body.Part part(HarEntry entry, HarBody.Param param) {
        if (param.fileName().isEmpty()) {
            return new Body.TextPart(param.name(), origin.template(param.value()));
        }
        // What stands there is the browser's remark that it left the content out, as '(binary)'.
        return beside(entry, param.name(), param.fileName(), param.contentType());
    }

    private Body.Part part(HarEntry entry, RawMultipart.Part part, boolean fromText) {
        String type = part.contentType().orElse("");
        String text = new String(part.content(), StandardCharsets.UTF_8);
        if (part.fileName().isEmpty() && (type.isEmpty() || type.startsWith("text/plain"))) {
            return new Body.TextPart(part.name(), origin.template(text));
        }
        boolean spoiled = fromText && (text.isEmpty() || text.indexOf(NOT_TEXT) >= 0);
        if (spoiled && !part.fileName().orElse("").isEmpty()) {
            return beside(entry, part.name(), part.fileName().orElseThrow(), type);
        }
        return Body.BytesPart.of(
                part.name(), part.fileName(), type.isEmpty() ? "application/octet-stream" : type, part.content());
    }

    /** Browsers leave the content of files out; the user has them. */
    private Body.Part beside(HarEntry entry, String part, String fileName, String contentType) {
        Path file;
        try {
            file = files.file(fileName.replaceFirst("^.*[/\\\\]", ""));
        } catch (IllegalArgumentException e) {
            throw wrong(
                    entry,
                    "uploads a file whose content the browser left out of the recording, and " + e.getMessage()
                            + "; put it there, or record with 'coatcheck record', which keeps it");
        }
        return new Body.FilePart(part, file, contentType.isEmpty() ? ContentTypes.of(file) : contentType);
    }

    private InvalidScenarioException wrong(HarEntry entry, String what) {
        return new InvalidScenarioException(recording.toString(), entry.where() + " " + what);
    }
}
