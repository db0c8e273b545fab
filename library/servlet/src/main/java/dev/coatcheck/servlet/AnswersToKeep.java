package dev.coatcheck.servlet;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * What an {@link IdempotencyFilter} keeps of which answers.
 *
 * @param maxBytes the largest body, held in memory until it is kept; 256 KiB by default. Less than
 *     {@link dev.coatcheck.state.idempotency.IdempotencySettings#maxResponseBytes()}, with room for headers and for the
 *     third more that a body takes which is no text
 * @param headers which headers, whatever their case; what describes the body, and {@code Location}, by default. Never
 *     {@code Set-Cookie}, since a session is not a part of the answer. The body's type and length come with it
 * @param statuses which answers; by default all below 500 except those that say "try again" (408, 425, 429)
 */
public record AnswersToKeep(int maxBytes, Set<String> headers, IntPredicate statuses) {
    private static final AnswersToKeep DEFAULTS = new AnswersToKeep(
            256 * 1024,
            Set.of(
                    "Cache-Control",
                    "Content-Disposition",
                    "Content-Encoding",
                    "Content-Language",
                    "Content-Location",
                    "ETag",
                    "Last-Modified",
                    "Link",
                    "Location",
                    "Vary"),
            status -> status < 500 && status != 408 && status != 425 && status != 429);

    public AnswersToKeep {
        var caseless = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        caseless.addAll(headers);
        if (caseless.contains("Set-Cookie")) {
            throw new IllegalArgumentException(
                    "Set-Cookie is not kept: it would give one visitor's cookie to whoever repeats the request");
        }
        caseless.remove("Content-Type");
        caseless.remove("Content-Length");
        headers = Set.copyOf(caseless);
        if (maxBytes < 0) {
            throw new IllegalArgumentException("an answer has no less than no bytes: " + maxBytes);
        }
    }

    public static AnswersToKeep defaults() {
        return DEFAULTS;
    }

    public AnswersToKeep withMaxBytes(int maxBytes) {
        return new AnswersToKeep(maxBytes, headers, statuses);
    }

    public AnswersToKeep withHeaders(Set<String> headers) {
        return new AnswersToKeep(maxBytes, headers, statuses);
    }

    public AnswersToKeep withStatuses(IntPredicate statuses) {
        return new AnswersToKeep(maxBytes, headers, statuses);
    }
}
