package dev.coatcheck.state.uploads;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names an upload: 192 random bits, which nobody can guess. It never becomes a file name.
 *
 * <p>Who has it is not yet somebody who may use it: the application decides that. {@link #toString()} shows only its
 * beginning, so that a log opens no upload. Immutable and thread-safe.
 *
 * @param text 32 characters of base64url, safe in URLs
 */
public record UploadId(String text) {
    private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9_-]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 24;

    public UploadId {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("not the id of an upload: 32 base64url characters");
        }
    }

    /** A new id that nobody can guess. */
    public static UploadId random() {
        var random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return of(random);
    }

    /**
     * Reads an id.
     *
     * @return empty where the text is none; hostile input is no reason for an exception
     */
    public static Optional<UploadId> parse(String text) {
        return TEXT.matcher(text).matches() ? Optional.of(new UploadId(text)) : Optional.empty();
    }

    /** The one upload that these are joined into: as hard to guess as they are, and the same for who asks again. */
    static UploadId joining(List<UploadId> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("joined".getBytes(StandardCharsets.US_ASCII));
            parts.forEach(part -> digest.update(part.text.getBytes(StandardCharsets.US_ASCII)));
            return of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static UploadId of(byte[] bytes) {
        return new UploadId(Base64.getUrlEncoder().encodeToString(bytes).substring(0, 32));
    }

    @Override
    public String toString() {
        return "UploadId[" + text.substring(0, 6) + "…]";
    }
}
