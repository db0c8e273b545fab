package dev.coatcheck.gallery.accounts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A password as it is stored: Argon2id (RFC 9106), in the text form that the reference implementation has, which carries
 * its parameters, so that they can grow.
 *
 * <p>The parameters for new ones are OWASP's first choice for Argon2id: 19 MiB, 2 iterations, 1 lane.
 *
 * @param salt in Base64 without padding, as is the hash
 */
record PasswordHash(int memoryKib, int iterations, int lanes, String salt, String hash) {
    private static final int MEMORY_KIB = 19 * 1024;
    private static final int ITERATIONS = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern TEXT = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    /** Takes tens of milliseconds of processor time, and the memory. */
    static PasswordHash of(String password) {
        return of(password, MEMORY_KIB, ITERATIONS, LANES, random(SALT_BYTES), HASH_BYTES);
    }

    /** One that no password has, which takes as long to find out as with any other. */
    static PasswordHash ofNobody() {
        return new PasswordHash(
                MEMORY_KIB, ITERATIONS, LANES, encoded(random(SALT_BYTES)), encoded(random(HASH_BYTES)));
    }

    private static byte[] random(int bytes) {
        var random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Reads what {@link #text()} wrote. */
    static PasswordHash parse(String text) {
        var matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalStateException("a stored password is not of the form $argon2id$v=19$m=,t=,p=$salt$hash");
        }
        return new PasswordHash(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4),
                matcher.group(5));
    }

    String text() {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s".formatted(memoryKib, iterations, lanes, salt, hash);
    }

    /** Whether this is the password's; takes as long either way. */
    boolean matches(String password) {
        var bytes = Base64.getDecoder().decode(hash);
        var other =
                of(password, memoryKib, iterations, lanes, Base64.getDecoder().decode(salt), bytes.length);
        return MessageDigest.isEqual(bytes, Base64.getDecoder().decode(other.hash));
    }

    private static PasswordHash of(String password, int memoryKib, int iterations, int lanes, byte[] salt, int bytes) {
        // The same characters can be typed as different code points, depending on the keyboard.
        var typed = Normalizer.normalize(password, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(iterations)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        var result = new byte[bytes];
        generator.generateBytes(typed, result);
        return new PasswordHash(memoryKib, iterations, lanes, encoded(salt), encoded(result));
    }
}
