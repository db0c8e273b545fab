package dev.coatcheck.azure;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key of a storage account, which signs requests (Shared Key) and leave (shared access signatures). Thread-safe. */
final class SharedKey {
    private static final String ALGORITHM = "HmacSHA256";

    private final String account;
    private final SecretKeySpec key;

    /** @throws IllegalArgumentException where the key is not in Base64; the message does not repeat it */
    SharedKey(String account, String key) {
        this.account = account;
        try {
            this.key = new SecretKeySpec(Base64.getDecoder().decode(key), ALGORITHM);
        } catch (IllegalArgumentException e) {
            // Its message would repeat a character of the key.
            throw new IllegalArgumentException("the key of the account is not in Base64");
        }
    }

    String account() {
        return account;
    }

    /** The signature of a text, in Base64. */
    String sign(String text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has " + ALGORITHM, e);
        }
    }

    /** The account alone. */
    @Override
    public String toString() {
        return account;
    }
}
