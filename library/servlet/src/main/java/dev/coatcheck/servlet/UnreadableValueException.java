package dev.coatcheck.servlet;

import org.jspecify.annotations.Nullable;

/** A stored value that this release of the application cannot read. */
final class UnreadableValueException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableValueException(@Nullable String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }
}
