package dev.coatcheck.servlet.uploads;

import dev.coatcheck.servlet.uploads.TusRefusal.RefusedException;
import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.uploads.DirectUpload;
import dev.coatcheck.state.uploads.PresignedPart;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What clients of {@link DirectUploadServlet} say, and are told. */
final class DirectUploadJson {
    /** Half of what an upload takes as attributes, for an application that keeps all of it; in UTF-16 it is more than in UTF-8. */
    private static final int MOST_BYTES = 8 << 10;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private DirectUploadJson() {}

    /** What is to be begun. */
    record Beginning(long length, Map<String, String> metadata) {

        /** A page of another site can send no JSON without being asked first whether it may. */
        static Beginning read(HttpServletRequest request) throws IOException, RefusedException {
            var type = Optional.ofNullable(request.getContentType()).orElse("");
            if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
                throw TusRefusal.NO_JSON.asException();
            }
            var body = request.getInputStream().readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                throw TusRefusal.NO_BEGINNING.asException();
            }
            try {
                return of(MAPPER.readTree(body));
            } catch (JacksonException | IllegalArgumentException e) {
                throw TusRefusal.NO_BEGINNING.asException();
            }
        }

        private static Beginning of(JsonNode said) {
            var length = said.path("length");
            if (!length.isIntegralNumber() || !length.canConvertToLong() || length.longValue() < 1) {
                throw new IllegalArgumentException("no length");
            }
            var about = said.path("metadata");
            if (!about.isMissingNode() && !about.isObject()) {
                throw new IllegalArgumentException("no names and texts");
            }
            var metadata = new HashMap<String, String>();
            for (var entry : about.properties()) {
                if (!entry.getValue().isString()) {
                    throw new IllegalArgumentException("no text");
                }
                metadata.put(
                        StoredText.require("metadata", entry.getKey()),
                        StoredText.require("metadata", entry.getValue().stringValue()));
            }
            return new Beginning(length.longValue(), metadata);
        }
    }

    static byte[] write(DirectUpload upload, List<PresignedPart> leave) {
        var json = MAPPER.createObjectNode()
                .put("length", upload.begun().length().orElseThrow())
                .put("came", upload.came())
                .put("expires", upload.expiresAt().toString());
        var parts = json.putArray("leave");
        for (var part : leave) {
            var request = part.request();
            var said = parts.addObject()
                    .put("number", part.number())
                    .put("offset", part.offset())
                    .put("length", part.length())
                    .put("method", request.method())
                    .put("url", request.url().toString());
            var headers = said.putObject("headers");
            request.headers().forEach(headers::put);
        }
        return MAPPER.writeValueAsBytes(json);
    }
}
