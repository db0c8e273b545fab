package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer in place of the application's, as a program and a person can read it.
 *
 * @param code for programs
 * @param message for people; neither holds a character that JSON would escape
 */
record JsonRefusal(int status, String code, String message) {

    /** The headers that a response has so far. */
    static Map<String, List<String>> headersOf(HttpServletResponse response) {
        var headers = new LinkedHashMap<String, List<String>>();
        response.getHeaderNames().forEach(name -> headers.put(name, List.copyOf(response.getHeaders(name))));
        return headers;
    }

    /**
     * Replaces whatever the response holds, which must not be committed yet.
     *
     * @param outer the headers that stay, those of filters outside
     * @param retryAfter when to come back, where that helps
     */
    void answer(HttpServletResponse response, Map<String, List<String>> outer, Optional<Duration> retryAfter)
            throws IOException {
        var json = "{\"error\":\"%s\",\"message\":\"%s\"}".formatted(code, message);
        write(response, outer, status, "application/json", json, retryAfter);
    }

    /** The same for an answer of another form. */
    static void write(
            HttpServletResponse response,
            Map<String, List<String>> outer,
            int status,
            String contentType,
            String json,
            Optional<Duration> retryAfter)
            throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        response.reset();
        outer.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.setStatus(status);
        response.setContentType(contentType);
        response.setContentLength(bytes.length);
        response.setHeader("Cache-Control", "no-store");
        retryAfter.ifPresent(wait -> response.setHeader("Retry-After", String.valueOf(Math.max(1, wait.toSeconds()))));
        try (var out = response.getOutputStream()) {
            out.write(bytes);
        }
    }
}
