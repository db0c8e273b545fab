package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The header {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header): a string of RFC 9651, in quotes, and as
 * most clients send it without. Both write the same key.
 */
sealed interface IdempotencyKey {
    String HEADER = "Idempotency-Key";
    int MAX_LENGTH = 255;

    record Absent() implements IdempotencyKey {}

    record Invalid() implements IdempotencyKey {}

    record Given(String key) implements IdempotencyKey {}

    static IdempotencyKey of(HttpServletRequest request) {
        var sent = Collections.list(request.getHeaders(HEADER));
        if (sent.isEmpty()) {
            return new Absent();
        }
        if (sent.size() > 1) {
            return new Invalid();
        }
        return Syntax.parse(sent.get(0).strip())
                .filter(key -> !key.isEmpty() && key.length() <= MAX_LENGTH)
                .<IdempotencyKey>map(Given::new)
                .orElseGet(Invalid::new);
    }

    /** The two ways to write it. */
    final class Syntax {
        private static final Pattern QUOTED = Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*)\"");
        private static final Pattern BARE = Pattern.compile("[!#-+\\--:<-\\[\\]-~]+");

        private Syntax() {}

        /** Possessive enough: no two of the alternatives begin alike, so nothing is tried twice. */
        private static Optional<String> parse(String value) {
            if (value.length() > 2 * MAX_LENGTH + 2) {
                return Optional.empty();
            }
            var quoted = QUOTED.matcher(value);
            if (quoted.matches()) {
                return Optional.of(quoted.group(1).replaceAll("\\\\(.)", "$1"));
            }
            return BARE.matcher(value).matches() ? Optional.of(value) : Optional.empty();
        }
    }
}
