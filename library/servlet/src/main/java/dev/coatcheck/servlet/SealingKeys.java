package dev.coatcheck.servlet;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that {@linkplain SessionFilter#sealed sealed sessions} are sealed with, the same in every process: the first
 * seals, all of them open.
 *
 * <p>To change keys, put a new one last and roll it out, so that every process can open what it seals; then move it to
 * the front and roll that out. Drop the old one when the absolute time-out of sessions has passed since: whatever was
 * sealed with it has ended by then. Change keys at least once a year, and before four billion seals. A key that leaked is
 * dropped at once, which logs everybody out.
 *
 * <p>Immutable and thread-safe; {@link #toString()} shows no key.
 *
 * <pre>{@code
 * // SESSION_KEYS=2026b:lq2v…,2026a:0dKe…
 * var filter = SessionFilter.sealed(
 *         SealingKeys.parse(System.getenv("SESSION_KEYS")), SessionSettings.defaults(), SessionFilterSettings.defaults());
 * }</pre>
 */
public final class SealingKeys {
    private static final int KEY_BYTES = 32;
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9_-]{1,16}):([A-Za-z0-9_+/-]{43}=?)");

    private final Map<String, SecretKeySpec> keys;

    private SealingKeys(Map<String, SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Reads keys from configuration.
     *
     * @param text {@code name:key}, several with commas in between: a name of up to 16 letters, digits, {@code -} and
     *     {@code _}, and 32 random bytes as base64, as {@code openssl rand -base64 32} or {@link #random} make them
     * @throws IllegalArgumentException where it is none; the message shows no key
     */
    public static SealingKeys parse(String text) {
        var keys = new LinkedHashMap<String, SecretKeySpec>();
        int number = 0;
        for (var entry : text.split(",", -1)) {
            number++;
            var matcher = ENTRY.matcher(entry.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "sealing key " + number + " is not name:key, with 32 random bytes as base64 for the key");
            }
            var base64 = matcher.group(2).replace('-', '+').replace('_', '/');
            var key = Base64.getDecoder().decode(base64.substring(0, 43));
            if (keys.put(matcher.group(1), new SecretKeySpec(key, "AES")) != null) {
                throw new IllegalArgumentException("two sealing keys have the name \"" + matcher.group(1) + "\"");
            }
        }
        return new SealingKeys(keys);
    }

    /** A new key, as {@link #parse} reads it. */
    public static String random(String name) {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        var text = name + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(key);
        parse(text);
        return text;
    }

    /** The name of the key that seals. */
    String sealing() {
        return keys.keySet().iterator().next();
    }

    Optional<SecretKeySpec> named(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /** The names alone. */
    @Override
    public String toString() {
        return "SealingKeys" + keys.keySet();
    }
}
