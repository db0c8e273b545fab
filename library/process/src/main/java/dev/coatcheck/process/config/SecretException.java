package dev.coatcheck.process.config;

import java.util.List;

/**
 * A secret could not be read. The message is read after "which", as in {@code is not there} or
 * {@code Vault at https://vault:8200 refuses to show (403)}: what was tried, on what, and never any part of a value.
 */
public final class SecretException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> advice;

    /**
     * @param message what happened, read after "which"
     * @param advice  what to do about it, a sentence each
     */
    public SecretException(String message, String... advice) {
        super(message);
        this.advice = List.of(advice);
    }

    /** What to do about it, a sentence each. */
    public List<String> advice() {
        return advice;
    }
}
