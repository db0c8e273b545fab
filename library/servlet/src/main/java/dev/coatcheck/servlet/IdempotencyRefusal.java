package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** What an {@link IdempotencyFilter} answers instead of running a request. */
enum IdempotencyRefusal {
    KEY_REQUIRED(
            HttpServletResponse.SC_BAD_REQUEST,
            "idempotency_key_required",
            "This request needs a header Idempotency-Key: a random text of its own, the same whenever it is repeated."),
    KEY_INVALID(
            HttpServletResponse.SC_BAD_REQUEST,
            "idempotency_key_invalid",
            "The header Idempotency-Key is sent once, with 1 to 255 printable ASCII characters, in quotes or without."),
    BODY_TOO_LARGE(
            HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
            "idempotency_request_too_large",
            "This request is too large to be sent with an Idempotency-Key."),
    IN_PROGRESS(
            HttpServletResponse.SC_CONFLICT,
            "idempotency_request_in_progress",
            "A request with this Idempotency-Key is being worked on. Please ask again for its answer."),
    KEY_REUSED(
            HttpServletResponse.SC_UNPROCESSABLE_CONTENT,
            "idempotency_key_reused",
            "This Idempotency-Key came before with another request. Use a new one for each request."),
    ANSWER_NOT_KEPT(
            HttpServletResponse.SC_CONFLICT,
            "idempotency_answer_not_kept",
            "This request was run before and is not run again. Its answer was too large to be kept."),
    STORE_UNAVAILABLE(
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            "idempotency_store_unavailable",
            "The service cannot tell at the moment whether this request was run before. Please try again in a few seconds.");

    private final int status;
    private final String code;
    private final String message;

    IdempotencyRefusal(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    void answer(HttpServletResponse response, Duration retryAfter) throws IOException {
        boolean retry = this == IN_PROGRESS || this == STORE_UNAVAILABLE;
        new JsonRefusal(status, code, message)
                .answer(response, JsonRefusal.headersOf(response), retry ? Optional.of(retryAfter) : Optional.empty());
    }
}
