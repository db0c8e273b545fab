package dev.coatcheck.process.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A text that must not be seen: a password, a key, a URL that carries one. It prints as {@value #SHOWN} wherever it is
 * turned into text (logs, exception messages, string templates, JSON); the only way to the text is {@link #reveal()}, so
 * that each place that reads it can be found by that name.
 *
 * <p>Immutable and safe for use by several threads. Two secrets are compared in time that does not depend on where they
 * differ.
 *
 * <pre>{@code
 * record MailConfig(URI mailUrl, Secret mailPassword) {}
 * client.logIn(config.mailPassword().reveal());
 * }</pre>
 */
public final class Secret {
    static final String SHOWN = "***";

    // transient: serialisers that read fields rather than Jackson's annotation pass it over.
    private final transient String text;

    private Secret(String text) {
        this.text = text;
    }

    /** Wraps {@code text}. */
    public static Secret of(String text) {
        return new Secret(text);
    }

    /** The text itself. Hand it straight to what needs it. */
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8), that.text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for every secret: a hash of the text would tell something about it. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    /** {@value #SHOWN}. */
    @Override
    @JsonValue
    public String toString() {
        return SHOWN;
    }
}
