package dev.coatcheck.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes texts that only the holders of the keys can make or read: AES-256-GCM with random nonces.
 *
 * <p>{@code FORMAT.KEY.BASE64URL}, where the last part is the nonce, the ciphertext and its tag. What comes before it, and
 * the name of the cookie, is authenticated with it, so that a text is worth nothing in a cookie of another name. What is
 * sealed is not compressed: its length would tell of what it holds.
 */
final class Seal {
    private static final String FORMAT = "1";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SealingKeys keys;

    Seal(SealingKeys keys) {
        this.keys = keys;
    }

    String close(String cookie, byte[] content) {
        var key = keys.sealing();
        var head = FORMAT + "." + key + ".";
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, keys.named(key).orElseThrow(), nonce, cookie, head)
                    .doFinal(content);
            var body = ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return head + Base64.getUrlEncoder().withoutPadding().encodeToString(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not seal a session", e);
        }
    }

    /** What was sealed; empty where nobody with these keys sealed this for this cookie. */
    Optional<byte[]> open(String cookie, String text) {
        var parts = text.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(FORMAT)) {
            return Optional.empty();
        }
        return keys.named(parts[1]).flatMap(key -> open(cookie, key, FORMAT + "." + parts[1] + ".", parts[2]));
    }

    private static Optional<byte[]> open(String cookie, SecretKeySpec key, String head, String body) {
        try {
            var bytes = Base64.getUrlDecoder().decode(body);
            if (bytes.length < NONCE_BYTES) {
                return Optional.empty();
            }
            var nonce = ByteBuffer.wrap(bytes).slice(0, NONCE_BYTES);
            var random = new byte[NONCE_BYTES];
            nonce.get(random);
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, random, cookie, head)
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            return Optional.empty(); // forged, cut short, or of another cookie: all one
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String cookie, String head)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((head + cookie).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
