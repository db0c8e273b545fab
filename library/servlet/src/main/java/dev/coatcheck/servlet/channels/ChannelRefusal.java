package dev.coatcheck.servlet.channels;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Why a client is not served. */
enum ChannelRefusal {
    BAD_REQUEST(HttpServletResponse.SC_BAD_REQUEST, "bad_request"),
    FORBIDDEN(HttpServletResponse.SC_FORBIDDEN, "forbidden"),
    UPGRADE_REQUIRED(426, "upgrade_required"),
    STORE_UNAVAILABLE(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "channel_store_unavailable"),
    NO_ROOM(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "channel_connections_exhausted");

    private static final int RETRY_SECONDS = 2;

    private final int status;
    private final String code;

    ChannelRefusal(int status, String code) {
        this.status = status;
        this.code = code;
    }

    /** Says so; the message is for people. */
    void answer(HttpServletResponse response, String message) throws IOException {
        answer(response, message, List.of());
    }

    /** @param topics those that are refused, as the client calls them: with all others it may come back */
    void answer(HttpServletResponse response, String message, List<String> topics) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", Integer.toString(RETRY_SECONDS));
        }
        var json = ChannelJson.MAPPER.createObjectNode().put("error", code).put("message", message);
        if (!topics.isEmpty()) {
            topics.forEach(json.putArray("topics")::add);
        }
        response.getOutputStream().write(json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
