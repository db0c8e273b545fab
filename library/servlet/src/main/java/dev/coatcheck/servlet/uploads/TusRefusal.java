package dev.coatcheck.servlet.uploads;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Why a client is not served. The statuses 409, 423 and 5xx are those that clients try again after. */
enum TusRefusal {
    BAD_REQUEST(400, "bad_request", "A header of the request is missing or is none."),
    UNKNOWN_CHECKSUM(400, "unknown_checksum", "Checksums are sha1, sha256 or md5."),
    NO_BEGINNING(400, "bad_request", "This is no JSON object with a length of a byte or more, and texts as metadata."),
    PART_MISSING(400, "part_missing", "A part is not there, or is not whole."),
    FORBIDDEN(403, "forbidden", "You may not upload this."),
    JOINED(403, "joined", "Nothing is appended to an upload that is joined of others."),
    MISSING(404, "no_such_upload", "There is no such upload: it may have expired."),
    WRONG_OFFSET(409, "wrong_offset", "The upload goes on at another offset: ask for it."),
    SUPERSEDED(409, "superseded", "Another request took the place of this one."),
    INCOMPLETE(409, "incomplete", "Some parts are missing: ask which, and send them."),
    EXISTS(412, "exists", "There is something of this name, and it is to stay."),
    WRONG_VERSION(412, "wrong_version", "This speaks tus 1.0.0."),
    TOO_LARGE(413, "too_large", "There are more bytes than are allowed or were announced."),
    WRONG_MEDIA_TYPE(415, "wrong_media_type", "Bytes come as application/offset+octet-stream."),
    NO_JSON(415, "wrong_media_type", "What is to be begun is said as application/json."),
    WRONG_TYPE(415, "wrong_type", "The bytes do not begin as those of the type that was declared."),
    DAMAGED(422, "damaged", "The bytes are not those that were announced."),
    BUSY(423, "busy", "Another request is writing to the upload."),
    WRONG_CHECKSUM(460, "wrong_checksum", "The bytes of this request are not those that were announced."),
    STORE_UNAVAILABLE(503, "upload_store_unavailable", "The service cannot be reached at the moment.");

    private static final Duration WHEN_AVAILABLE = Duration.ofSeconds(2);

    private final int status;
    private final String code;
    private final String message;

    TusRefusal(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    /** An answer in place of what was asked for. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final TusRefusal refusal;
        private final transient Optional<Duration> retryAfter;

        private RefusedException(TusRefusal refusal, Optional<Duration> retryAfter) {
            super(refusal.message, null, false, false);
            this.refusal = refusal;
            this.retryAfter = retryAfter;
        }

        void answer(HttpServletResponse response) throws IOException {
            response.setStatus(refusal.status);
            response.setContentType("application/json");
            // Rounded up: who comes before the lease is over waits once more.
            retryAfter.ifPresent(wait -> response.setHeader(
                    "Retry-After", "" + Math.max(1, wait.plusMillis(999).toSeconds())));
            var json = "{\"error\":\"%s\",\"message\":\"%s\"}".formatted(refusal.code, refusal.message);
            response.getOutputStream().write(json.getBytes(StandardCharsets.US_ASCII));
        }
    }

    RefusedException asException() {
        return new RefusedException(this, this == STORE_UNAVAILABLE ? Optional.of(WHEN_AVAILABLE) : Optional.empty());
    }

    RefusedException asException(Duration retryAfter) {
        return new RefusedException(this, Optional.of(retryAfter));
    }
}
