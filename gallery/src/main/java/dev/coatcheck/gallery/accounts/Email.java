package dev.coatcheck.gallery.accounts;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses as accounts are found by them: one person's address is one text, however it was typed. */
final class Email {
    private static final int MAX_LENGTH = 254; // RFC 5321, less the brackets
    private static final Pattern SHAPE =
            Pattern.compile("[^\\s\\p{C}@,;:<>\"()\\[\\]\\\\]{1,64}@[\\p{L}\\p{N}-]+(\\.[\\p{L}\\p{N}-]+)+");

    private Email() {}

    /** Trimmed and in lower case; empty where it is no address. */
    static Optional<String> normalised(String typed) {
        var text = typed.strip().toLowerCase(Locale.ROOT);
        return text.length() <= MAX_LENGTH && SHAPE.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }
}
