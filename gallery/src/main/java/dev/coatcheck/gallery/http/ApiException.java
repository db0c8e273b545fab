package dev.coatcheck.gallery.http;

import java.time.Duration;
import java.util.Optional;

/** An answer that is an error: {@code {"error": "a_code", "message": "for people"}}. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Optional<Duration> retryAfter;

    /**
     * @param status of HTTP
     * @param code for programs
     * @param message for people
     */
    public ApiException(int status, String code, String message) {
        this(status, code, message, Optional.empty());
    }

    private ApiException(int status, String code, String message, Optional<Duration> retryAfter) {
        super(message, null, false, false); // no stack trace: it is no failure of ours
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** 429. */
    public static ApiException tooMany(String message, Duration retryAfter) {
        return new ApiException(429, "too_many_requests", message, Optional.of(retryAfter));
    }

    /** 503. */
    public static ApiException unavailable(String message) {
        return new ApiException(503, "unavailable", message, Optional.of(Duration.ofSeconds(2)));
    }

    /** 401. */
    public static ApiException notLoggedIn() {
        return new ApiException(401, "not_logged_in", "Please log in first.");
    }

    /** 404. */
    public static ApiException notFound() {
        return new ApiException(404, "not_found", "There is nothing here.");
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
