package dev.coatcheck.prove;

/** A baseline that cannot be understood; its message says where, and what is expected. */
public final class InvalidBaselineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidBaselineException(String message) {
        super(message);
    }
}
