package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * How an {@link IdempotencyFilter} works.
 *
 * @param user whose request it is; empty for nobody in particular. Keys of different users are different keys
 * @param methods which requests may have a key; POST and PATCH by default, since the others are idempotent by themselves
 * @param required whether such a request must have one; false by default
 * @param maxRequestBytes the largest body of such a request, which is held in memory to be compared; 1 MiB by default.
 *     Bodies of {@code multipart/form-data} are neither held nor compared
 * @param maxAnswerBytes the largest body that is kept and given again, held in memory until it is; 256 KiB by default.
 *     Less than {@link dev.coatcheck.state.idempotency.IdempotencySettings#maxResponseBytes()}, with room for headers
 *     and for the third more that a body takes which is no text
 * @param keptHeaders which headers are kept, whatever their case: what describes the body, and {@code Location}, by
 *     default. Never {@code Set-Cookie}, since a session is not a part of the answer
 * @param keptStatuses which answers are kept; by default all below 500 except those that say "try again" (408, 425, 429)
 * @param goesOnWithoutStore whether requests are run, with no protection, while the store cannot be asked; by default
 *     the answer is 503
 * @param retryAfter what a 409 and a 503 say about when to come back; 2 seconds by default
 */
public record IdempotencyFilterSettings(
        Function<HttpServletRequest, Optional<String>> user,
        Set<String> methods,
        boolean required,
        int maxRequestBytes,
        int maxAnswerBytes,
        Set<String> keptHeaders,
        IntPredicate keptStatuses,
        boolean goesOnWithoutStore,
        Duration retryAfter) {
    private static final Set<String> HEADERS = Set.of(
            "Cache-Control",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Content-Location",
            "ETag",
            "Last-Modified",
            "Link",
            "Location",
            "Vary");

    public IdempotencyFilterSettings {
        methods = Set.copyOf(methods);
        var caseless = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        caseless.addAll(keptHeaders);
        if (caseless.contains("Set-Cookie")) {
            throw new IllegalArgumentException(
                    "Set-Cookie is not kept: it would give one visitor's cookie to whoever" + " repeats the request");
        }
        // The body comes with its own type and length.
        caseless.remove("Content-Type");
        caseless.remove("Content-Length");
        keptHeaders = Set.copyOf(caseless);
        if (maxRequestBytes < 0 || maxAnswerBytes < 0 || !retryAfter.isPositive()) {
            throw new IllegalArgumentException(
                    "bounds are not negative, and the time to come back is positive: %d and %d bytes, %s"
                            .formatted(maxRequestBytes, maxAnswerBytes, retryAfter));
        }
    }

    /** {@code forUser(SessionUser::of)}; {@code forUser(request -> Optional.empty())} where there are no users. */
    public static IdempotencyFilterSettings forUser(Function<HttpServletRequest, Optional<String>> user) {
        return new IdempotencyFilterSettings(
                user,
                Set.of("POST", "PATCH"),
                false,
                1 << 20,
                256 * 1024,
                HEADERS,
                status -> status < 500 && status != 408 && status != 425 && status != 429,
                false,
                Duration.ofSeconds(2));
    }

    public IdempotencyFilterSettings withMethods(Set<String> methods) {
        return new IdempotencyFilterSettings(
                user,
                methods,
                required,
                maxRequestBytes,
                maxAnswerBytes,
                keptHeaders,
                keptStatuses,
                goesOnWithoutStore,
                retryAfter);
    }

    public IdempotencyFilterSettings requiringKeys() {
        return new IdempotencyFilterSettings(
                user,
                methods,
                true,
                maxRequestBytes,
                maxAnswerBytes,
                keptHeaders,
                keptStatuses,
                goesOnWithoutStore,
                retryAfter);
    }

    public IdempotencyFilterSettings withMaxBytes(int maxRequestBytes, int maxAnswerBytes) {
        return new IdempotencyFilterSettings(
                user,
                methods,
                required,
                maxRequestBytes,
                maxAnswerBytes,
                keptHeaders,
                keptStatuses,
                goesOnWithoutStore,
                retryAfter);
    }

    public IdempotencyFilterSettings withKeptHeaders(Set<String> keptHeaders) {
        return new IdempotencyFilterSettings(
                user,
                methods,
                required,
                maxRequestBytes,
                maxAnswerBytes,
                keptHeaders,
                keptStatuses,
                goesOnWithoutStore,
                retryAfter);
    }

    public IdempotencyFilterSettings withKeptStatuses(IntPredicate keptStatuses) {
        return new IdempotencyFilterSettings(
                user,
                methods,
                required,
                maxRequestBytes,
                maxAnswerBytes,
                keptHeaders,
                keptStatuses,
                goesOnWithoutStore,
                retryAfter);
    }

    public IdempotencyFilterSettings goingOnWithoutStore() {
        return new IdempotencyFilterSettings(
                user, methods, required, maxRequestBytes, maxAnswerBytes, keptHeaders, keptStatuses, true, retryAfter);
    }
}
