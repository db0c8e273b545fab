package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Decision;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Bounds how often somebody may guess: five times in a quarter of an hour for an account and an address together, so
 * that guessing does not lock the owner out, who is at another address; and fifty times for an address, so that nobody
 * tries one password on every account.
 *
 * <p>An attempt counts from its beginning and is given back when it succeeds, so that guesses made at once are bounded
 * too. Of six attempts at the same moment one is refused, though all have the right password.
 */
final class LogInAttempts {
    private static final Limit ON_ACCOUNT = Limit.of("log-in", 5, Duration.ofMinutes(15));
    private static final Limit FROM_ADDRESS = Limit.of("log-in-address", 50, Duration.ofMinutes(15));

    private final Limits limits;

    /** @param limits that are closed while their store is away: guessing must not become free */
    LogInAttempts(Limits limits) {
        this.limits = limits;
    }

    /**
     * Makes an attempt, which counts unless it succeeds or cannot be made.
     *
     * @param check empty where the attempt failed
     * @throws ApiException 429 where there were too many
     */
    <T> Optional<T> attempt(String email, String address, Supplier<Optional<T>> check) {
        return switch (limits.acquire(asks(email, address))) {
            case Decision.Limited limited ->
                throw ApiException.tooMany(
                        "Too many failed attempts. Please try again in a few minutes.", limited.retryAfter());
            case Decision.Allowed allowed -> {
                boolean failed = false;
                try {
                    var result = check.get();
                    failed = result.isEmpty();
                    yield result;
                } finally {
                    if (!failed) {
                        limits.refund(allowed.reservation());
                    }
                }
            }
        };
    }

    /** Granted together or not at all: who is refused on one account does not use up the address. */
    private static List<Ask> asks(String email, String address) {
        return List.of(ON_ACCOUNT.on(hashed(email + "\n" + address)), FROM_ADDRESS.on(hashed(address)));
    }

    /** Who tries to log in from where is nothing to read in the store. */
    private static String hashed(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
