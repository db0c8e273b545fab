package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is kept of an answer, to be given again. */
sealed interface KeptAnswer {
    /** Tells a client that this is an answer from before: Stripe's name, which clients know. */
    String REPLAYED = "Idempotent-Replayed";

    /** The whole of it. */
    final class Whole implements KeptAnswer {
        final int status;
        final Map<String, List<String>> headers;
        final byte[] body;

        Whole(int status, Map<String, List<String>> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        void give(HttpServletResponse response) throws IOException {
            response.setStatus(status);
            headers.forEach((name, values) -> {
                response.setHeader(name, null);
                values.forEach(value -> response.addHeader(name, value));
            });
            response.setHeader(REPLAYED, "true");
            if (body.length > 0) {
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
            }
        }
    }

    /** An error whose page the container makes. */
    record ErrorPage(int status, String message) implements KeptAnswer {
        void give(HttpServletResponse response) throws IOException {
            response.setHeader(REPLAYED, "true");
            if (message.isEmpty()) {
                response.sendError(status);
            } else {
                response.sendError(status, message);
            }
        }
    }

    /** There was one, too large to be kept, or written in a way that cannot be. */
    record NotKept() implements KeptAnswer {}
}
