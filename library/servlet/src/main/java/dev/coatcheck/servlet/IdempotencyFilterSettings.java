package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How an {@link IdempotencyFilter} works.
 *
 * @param user whose request it is; empty for nobody in particular. Keys of different users are different keys
 * @param methods which requests may have a key; POST and PATCH by default, since the others are idempotent by themselves
 * @param required whether such a request must have one; false by default
 * @param maxRequestBytes the largest body of such a request, which is held in memory to be compared; 1 MiB by default.
 *     Bodies of {@code multipart/form-data} are neither held nor compared
 * @param kept what is kept of which answers
 * @param runsWithoutStore whether requests are run, with no protection, while the store cannot be asked; by default the
 *     answer is 503
 * @param retryAfter what a 409 and a 503 say about when to come back; 2 seconds by default
 */
public record IdempotencyFilterSettings(
        Function<HttpServletRequest, Optional<String>> user,
        Set<String> methods,
        boolean required,
        int maxRequestBytes,
        AnswersToKeep kept,
        boolean runsWithoutStore,
        Duration retryAfter) {

    public IdempotencyFilterSettings {
        methods = Set.copyOf(methods);
        if (maxRequestBytes < 0 || maxRequestBytes == Integer.MAX_VALUE || !retryAfter.isPositive()) {
            throw new IllegalArgumentException(
                    "a request has from none to %d bytes, and the time to come back is positive: %d bytes, %s"
                            .formatted(Integer.MAX_VALUE - 1, maxRequestBytes, retryAfter));
        }
    }

    /** {@code forUser(SessionUser::of)}; {@code forUser(request -> Optional.empty())} where there are no users. */
    public static IdempotencyFilterSettings forUser(Function<HttpServletRequest, Optional<String>> user) {
        return new IdempotencyFilterSettings(
                user, Set.of("POST", "PATCH"), false, 1 << 20, AnswersToKeep.defaults(), false, Duration.ofSeconds(2));
    }

    public IdempotencyFilterSettings withMethods(Set<String> methods) {
        return new IdempotencyFilterSettings(
                user, methods, required, maxRequestBytes, kept, runsWithoutStore, retryAfter);
    }

    public IdempotencyFilterSettings requiringKeys() {
        return new IdempotencyFilterSettings(user, methods, true, maxRequestBytes, kept, runsWithoutStore, retryAfter);
    }

    public IdempotencyFilterSettings withMaxRequestBytes(int maxRequestBytes) {
        return new IdempotencyFilterSettings(
                user, methods, required, maxRequestBytes, kept, runsWithoutStore, retryAfter);
    }

    public IdempotencyFilterSettings keeping(AnswersToKeep kept) {
        return new IdempotencyFilterSettings(
                user, methods, required, maxRequestBytes, kept, runsWithoutStore, retryAfter);
    }

    public IdempotencyFilterSettings runningWithoutStore() {
        return new IdempotencyFilterSettings(user, methods, required, maxRequestBytes, kept, true, retryAfter);
    }

    public IdempotencyFilterSettings withRetryAfter(Duration retryAfter) {
        return new IdempotencyFilterSettings(
                user, methods, required, maxRequestBytes, kept, runsWithoutStore, retryAfter);
    }
}
