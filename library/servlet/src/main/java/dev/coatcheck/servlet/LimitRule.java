package dev.coatcheck.servlet;

import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Limit;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A limit on requests, and whose it is.
 *
 * @param limit each request costs one of its permits. Its name is told to clients, so it is printable ASCII
 * @param key whose permits: {@link ClientAddress}, a user, an API key; empty where the limit is not for this request
 */
public record LimitRule(Limit limit, Function<HttpServletRequest, Optional<String>> key) {
    private static final Pattern TELLABLE = Pattern.compile("[ -~]{1,64}");

    public LimitRule {
        if (!TELLABLE.matcher(limit.name()).matches()) {
            throw new IllegalArgumentException(
                    "a limit that clients are told of has a name of 1 to 64 printable ASCII characters");
        }
    }

    Optional<Ask> askFor(HttpServletRequest request) {
        return key.apply(request).map(limit::on);
    }
}
