package dev.coatcheck.state.sessions;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ticket a visitor holds: a handle that names the session in the store, and a secret that opens it.
 *
 * <p>The handle (128 random bits) stays the same for the life of the session, so a store can keep a session in one
 * place, index it and revoke it. The secret (256 random bits) is what the visitor proves; a store keeps only its
 * SHA-256, so a dump of the store opens no session. {@linkplain #rotated() Rotating} changes the secret alone.
 *
 * <p>{@link #text()} is a credential and belongs in a cookie and nowhere else; {@link #toString()} does not show the
 * secret. Immutable and thread-safe.
 *
 * @param handle 22 characters of base64url
 * @param secret 43 characters of base64url
 */
public record SessionId(String handle, String secret) {
    private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})");
    private static final SecureRandom RANDOM = new SecureRandom();

    public SessionId {
        if (!TEXT.matcher(handle + secret).matches() || handle.length() != 22) {
            throw new IllegalArgumentException(
                    "not a session id: a handle of 22 and a secret of 43 base64url characters");
        }
    }

    /** A new id that nobody can guess. */
    public static SessionId random() {
        return new SessionId(randomText(16), randomText(32));
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @return empty where the text is no session id; hostile input is no reason for an exception
     */
    public static Optional<SessionId> parse(String text) {
        var matcher = TEXT.matcher(text);
        return matcher.matches() ? Optional.of(new SessionId(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** The same session under a new secret. */
    public SessionId rotated() {
        return new SessionId(handle, randomText(32));
    }

    /** The text that goes into the cookie: 65 characters, safe in cookies and URLs. */
    public String text() {
        return handle + secret;
    }

    /** What a store keeps in place of the secret: its SHA-256 as 43 characters of base64url. */
    public String secretHash() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The handle alone: enough to tell two sessions apart in a log, and opens none. */
    @Override
    public String toString() {
        return "SessionId[" + handle + "]";
    }

    private static String randomText(int bytes) {
        var random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
