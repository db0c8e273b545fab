package dev.coatcheck.gallery.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON in and out. */
public final class Json {
    private static final int MAX_BODY = 8 * 1024;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** What an error looks like, always. */
    record ErrorBody(String error, String message) {}

    /**
     * The request's body, which must be a JSON object, whatever its content type claims.
     *
     * @throws ApiException 400 or 413 where it is not
     */
    public static JsonNode readObject(HttpServletRequest request) throws IOException {
        var bytes = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw new ApiException(413, "body_too_large", "The request is larger than " + MAX_BODY + " bytes.");
        }
        try {
            var body = MAPPER.readTree(bytes);
            if (body.isObject()) {
                return body;
            }
        } catch (JacksonException e) {
            // What was wrong with it is the sender's business, and might quote a password.
        }
        throw new ApiException(400, "bad_json", "The request's body is not a JSON object.");
    }

    /**
     * A member of an object that must be text.
     *
     * @throws ApiException 422 where it is missing or something else
     */
    public static String text(JsonNode object, String member) {
        var value = object.path(member);
        if (!value.isString()) {
            throw new ApiException(422, "invalid_" + member, "\"" + member + "\" is missing, or is not text.");
        }
        return value.stringValue();
    }

    /** Answers with a value as JSON. */
    public static void write(HttpServletResponse response, int status, Object value) throws IOException {
        writeText(response, status, textOf(value));
    }

    /** A value as JSON, to be kept. */
    public static String textOf(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Answers with JSON that was kept. */
    public static void writeText(HttpServletResponse response, int status, String json) throws IOException {
        var body = json.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    static byte[] error(String code, String message) {
        return MAPPER.writeValueAsBytes(new ErrorBody(code, message));
    }

    static void write(HttpServletResponse response, ApiException error) throws IOException {
        error.retryAfter()
                .ifPresent(wait -> response.setHeader(
                        "Retry-After",
                        String.valueOf(Math.max(1, wait.plusMillis(999).toSeconds()))));
        write(response, error.status(), new ErrorBody(error.code(), String.valueOf(error.getMessage())));
    }
}
