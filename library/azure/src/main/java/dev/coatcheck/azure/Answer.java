package dev.coatcheck.azure;

import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the store answered to a {@link Call}. */
final class Answer {
    static final int RANGE_NOT_SATISFIABLE = 416;

    private static final int TOO_MANY_REQUESTS = 429;

    private static final String METADATA = "x-ms-meta-";

    private final HttpResponse<AnswerContent> response;
    private final long deadline;
    private boolean taken;

    /** @param deadline for what is read now of its body, by {@link System#nanoTime()} */
    Answer(HttpResponse<AnswerContent> response, long deadline) {
        this.response = response;
        this.deadline = deadline;
    }

    int status() {
        return response.statusCode();
    }

    /** Why the store refused, in one word of its own; empty where it does not say. */
    String code() {
        return response.headers().firstValue("x-ms-error-code").orElse("");
    }

    /** Whether the blob is missing, and not the container. */
    boolean isMissing() {
        return status() == HttpURLConnection.HTTP_NOT_FOUND && code().equals("BlobNotFound");
    }

    /** Whether there is a blob already that was to stay. */
    boolean isThere() {
        return status() == HttpURLConnection.HTTP_PRECON_FAILED
                || (status() == HttpURLConnection.HTTP_CONFLICT && code().equals("BlobAlreadyExists"));
    }

    /** Whether the store turned the request away because of too many, before it did anything. */
    boolean isTurnedAway() {
        return status() == TOO_MANY_REQUESTS
                || (status() == HttpURLConnection.HTTP_UNAVAILABLE && code().equals("ServerBusy"));
    }

    /** This answer, if it is of one of these. */
    Answer require(int... statuses) throws RefusedException {
        for (int status : statuses) {
            if (status() == status) {
                return this;
            }
        }
        throw refused("");
    }

    /**
     * The exception for an answer that was not hoped for. Its body is not repeated: it would tell of the signature.
     *
     * @param reason put behind what the store says; may be empty
     */
    RefusedException refused(String reason) {
        var said = "the store answered %d %s".formatted(status(), code()).strip();
        var id = response.headers()
                .firstValue("x-ms-request-id")
                .map(" (request %s)"::formatted)
                .orElse("");
        return new RefusedException(said + id + reason);
    }

    String header(String name) throws RefusedException {
        return response.headers().firstValue(name).orElseThrow(() -> refused(" without " + name));
    }

    Optional<String> headerIfAny(String name) {
        return response.headers().firstValue(name);
    }

    long length() throws RefusedException {
        try {
            return Long.parseLong(header("content-length"));
        } catch (NumberFormatException e) {
            throw refused(" with no length that is a number");
        }
    }

    String etag() throws RefusedException {
        return header("etag").replace("\"", "");
    }

    /** By the store's clock, in seconds. */
    Instant storedAt() throws RefusedException {
        try {
            return time(header("last-modified"));
        } catch (DateTimeParseException e) {
            throw refused(" with no time of storing that is one");
        }
    }

    static Instant time(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }

    Map<String, String> metadata() {
        return response.headers().map().entrySet().stream()
                .filter(header -> header.getKey().regionMatches(true, 0, METADATA, 0, METADATA.length()))
                .collect(Collectors.toMap(
                        header -> header.getKey().substring(METADATA.length()),
                        header -> header.getValue().getFirst()));
    }

    /** The body, to be read now. */
    AnswerContent content() {
        return response.body().until(deadline);
    }

    /** The body, which whoever takes it closes. */
    AnswerContent take() {
        taken = true;
        return response.body();
    }

    /** Gives the connection back, or ends it, where nobody took the body. */
    void end() {
        if (!taken) {
            response.body().end();
        }
    }
}
