package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An answer that the filter gives in place of the application's. */
enum Refusal {
    /** The store cannot be asked, so nobody knows whether there is a session. */
    STORE_UNAVAILABLE(
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            "session_store_unavailable",
            "The service cannot reach its session store at the moment. Please try again in a few seconds."),
    /** What the application put into the session cannot be kept: a bug, told in the log. */
    NOT_SAVED(
            HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
            "session_not_saved",
            "Something went wrong on our side, and your last action was not kept.");

    private final int status;
    private final String code;
    private final String message;

    Refusal(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    /**
     * Replaces whatever the application has put into the response, which must not be committed yet.
     *
     * @param outer the headers that are not the application's but those of filters outside
     */
    void answer(HttpServletResponse response, Map<String, List<String>> outer, Duration retryAfter) throws IOException {
        new JsonRefusal(status, code, message)
                .answer(response, outer, this == STORE_UNAVAILABLE ? Optional.of(retryAfter) : Optional.empty());
    }
}
