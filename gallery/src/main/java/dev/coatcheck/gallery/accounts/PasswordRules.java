package dev.coatcheck.gallery.accounts;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** What a new password must be: long enough, and not the address. Rules on its characters make nothing safer. */
final class PasswordRules {
    static final int MIN_LENGTH = 8;
    static final int MAX_LENGTH = 128;

    private PasswordRules() {}

    /** Why a password is not taken, for the person who chose it; empty where it is. */
    static Optional<String> objection(String password, String email) {
        int length = password.codePointCount(0, password.length());
        if (length < MIN_LENGTH) {
            return Optional.of("The password needs at least " + MIN_LENGTH + " characters.");
        }
        if (length > MAX_LENGTH) {
            return Optional.of("The password may have at most " + MAX_LENGTH + " characters.");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(password)) {
            return Optional.of("The password has characters that are none.");
        }
        if (password.isBlank() || password.toLowerCase(Locale.ROOT).equals(email)) {
            return Optional.of("The password must not be the e-mail address, or only spaces.");
        }
        return Optional.empty();
    }
}
