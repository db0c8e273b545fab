package dev.coatcheck.prove.record;

import dev.coatcheck.prove.play.Header;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.ContentType;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Writes a HAR (HTTP Archive 1.2). Bytes that are no text are in base64, those of requests too, with the field for it. */
final class HarWriter {
    private final JsonGenerator json;

    private HarWriter(JsonGenerator json) {
        this.json = json;
    }

    static void write(List<RecordedExchange> exchanges, Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path fresh = Files.createTempFile(target.resolveSibling(""), ".coatcheck", ".har", ownersAlone());
        try {
            try (OutputStream stream = Files.newOutputStream(fresh);
                    JsonGenerator json =
                            JsonMapper.shared().writerWithDefaultPrettyPrinter().createGenerator(stream)) {
                new HarWriter(json).log(exchanges);
            }
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static FileAttribute<?>[] ownersAlone() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private void log(List<RecordedExchange> exchanges) {
        json.writeStartObject();
        json.writeObjectPropertyStart("log");
        json.writeStringProperty("version", "1.2");
        json.writeObjectPropertyStart("creator");
        json.writeStringProperty("name", "coatcheck");
        json.writeStringProperty("version", "1");
        json.writeEndObject();
        json.writeArrayPropertyStart("entries");
        exchanges.forEach(exchange -> exchange.answer().ifPresent(answer -> entry(exchange, answer)));
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private void entry(RecordedExchange exchange, RecordedExchange.Answer answer) {
        json.writeStartObject();
        json.writeStringProperty("startedDateTime", exchange.at().toString());
        json.writeNumberProperty("time", millis(exchange.took()));
        request(exchange);
        response(answer);
        messages(exchange.messages());
        json.writeObjectPropertyStart("cache");
        json.writeEndObject();
        json.writeObjectPropertyStart("timings");
        json.writeNumberProperty("send", 0);
        json.writeNumberProperty("wait", millis(exchange.took()));
        json.writeNumberProperty("receive", 0);
        json.writeEndObject();
        json.writeEndObject();
    }

    /** As Chromium does. */
    private void messages(List<RecordedExchange.Message> messages) {
        if (messages.isEmpty()) {
            return;
        }
        json.writeStringProperty("_resourceType", "websocket");
        json.writeArrayPropertyStart("_webSocketMessages");
        for (RecordedExchange.Message message : messages) {
            json.writeStartObject();
            json.writeStringProperty("type", message.sent() ? "send" : "receive");
            json.writeNumberProperty("time", BigDecimal.valueOf(message.at().toEpochMilli(), 3));
            json.writeNumberProperty("opcode", message.opcode());
            json.writeStringProperty("data", message.data());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static long millis(Duration duration) {
        return duration.toMillis();
    }

    private void request(RecordedExchange exchange) {
        Head head = exchange.request();
        json.writeObjectPropertyStart("request");
        json.writeStringProperty("method", exchange.method());
        json.writeStringProperty("url", exchange.url());
        json.writeStringProperty("httpVersion", head.word(2));
        headers(head);
        query(head.word(1));
        byte[] sent = exchange.sent().bytes();
        json.writeNumberProperty("bodySize", exchange.sent().length());
        if (sent.length > 0) {
            json.writeObjectPropertyStart("postData");
            json.writeStringProperty("mimeType", head.header("Content-Type").orElse(""));
            json.writeArrayPropertyStart("params");
            json.writeEndArray();
            text(sent, StandardCharsets.UTF_8);
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void response(RecordedExchange.Answer answer) {
        Head head = answer.head();
        Kept body = answer.body();
        String type = head.header("Content-Type").orElse("");
        json.writeObjectPropertyStart("response");
        json.writeNumberProperty("status", answer.status());
        json.writeStringProperty("statusText", head.word(2));
        json.writeStringProperty("httpVersion", head.word(0));
        headers(head);
        json.writeObjectPropertyStart("content");
        json.writeNumberProperty("size", body.length());
        json.writeStringProperty("mimeType", type);
        if (body.isComplete()) {
            ContentType parsed = ContentType.parseLenient(type);
            text(body.bytes(), parsed == null ? StandardCharsets.UTF_8 : parsed.getCharset(StandardCharsets.UTF_8));
        }
        json.writeEndObject();
        json.writeStringProperty("redirectURL", head.header("Location").orElse(""));
        json.writeNumberProperty("bodySize", body.length());
        json.writeEndObject();
    }

    /** What they have of cookies stands in the headers; readers of HAR look there. */
    private void headers(Head head) {
        json.writeArrayPropertyStart("cookies");
        json.writeEndArray();
        json.writeArrayPropertyStart("headers");
        for (Header header : head.headers()) {
            pair(header.name(), header.value());
        }
        json.writeEndArray();
        json.writeNumberProperty("headersSize", -1);
    }

    private void query(String target) {
        json.writeArrayPropertyStart("queryString");
        String[] parts = target.split("\\?", 2);
        for (String parameter : parts.length > 1 ? parts[1].split("&") : new String[0]) {
            String[] pair = parameter.split("=", 2);
            pair(decoded(pair[0]), pair.length > 1 ? decoded(pair[1]) : "");
        }
        json.writeEndArray();
    }

    private void pair(String name, String value) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("value", value);
        json.writeEndObject();
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private void text(byte[] bytes, Charset charset) {
        Optional<String> text = decoded(bytes, charset);
        json.writeStringProperty(
                "text", text.orElseGet(() -> Base64.getEncoder().encodeToString(bytes)));
        if (text.isEmpty()) {
            json.writeStringProperty("encoding", "base64");
        }
    }

    private static Optional<String> decoded(byte[] bytes, Charset charset) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && b != '\t' && b != '\r' && b != '\n') {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(
                    charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
