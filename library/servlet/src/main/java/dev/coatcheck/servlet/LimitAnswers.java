package dev.coatcheck.servlet;

import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What clients are told of limits: the fields of draft-ietf-httpapi-ratelimit-headers-10, and its problem type of RFC 9457.
 * Fields are added, not set, since several filters may each tell of their own.
 */
final class LimitAnswers {
    private static final int TOO_MANY_REQUESTS = 429;

    private LimitAnswers() {}

    static void tell(HttpServletResponse response, List<Ask> asks, Allowed allowed) {
        addFields(response, asks, allowed.limit(), allowed.remaining(), allowed.resetAfter());
    }

    static void refuse(HttpServletResponse response, List<Ask> asks, Limited limited) throws IOException {
        addFields(response, asks, limited.limit(), 0, limited.retryAfter());
        var name = quoted(limited.limit().name());
        var problem = """
                {"type":"https://iana.org/assignments/http-problem-types#quota-exceeded",\
                "title":"Too many requests","status":429,"error":"limit_exceeded",\
                "detail":"This was done too often. Please try again in %d seconds.","violated-policies":[%s]}""".formatted(seconds(limited.retryAfter()), name);
        JsonRefusal.write(
                response,
                JsonRefusal.headersOf(response),
                TOO_MANY_REQUESTS,
                "application/problem+json",
                problem,
                Optional.of(Duration.ofSeconds(seconds(limited.retryAfter()))));
    }

    static void storeUnavailable(HttpServletResponse response, Duration retryAfter) throws IOException {
        new JsonRefusal(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "limit_store_unavailable",
                        "The service cannot tell at the moment how often this was done. Please try again in a few seconds.")
                .answer(response, JsonRefusal.headersOf(response), Optional.of(retryAfter));
    }

    private static void addFields(
            HttpServletResponse response, List<Ask> asks, Limit of, long remaining, Duration reset) {
        response.addHeader(
                "RateLimit-Policy",
                asks.stream()
                        .map(ask -> "%s;q=%d;w=%d"
                                .formatted(
                                        quoted(ask.limit().name()),
                                        ask.limit().permits(),
                                        seconds(ask.limit().window())))
                        .collect(Collectors.joining(", ")));
        response.addHeader("RateLimit", "%s;r=%d;t=%d".formatted(quoted(of.name()), remaining, seconds(reset)));
    }

    /** As whole as clients are told it: never less, so that who waits has waited long enough. */
    private static long seconds(Duration duration) {
        return duration.toSeconds() + (duration.toNanosPart() > 0 ? 1 : 0);
    }

    /** A string of RFC 9651, and of JSON, which agree on printable ASCII. */
    private static String quoted(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
