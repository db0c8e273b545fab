package dev.coatcheck.formation.router;

/** The files of {@link TlsFiles} cannot be used; the message says which, why, and what to do. */
public final class InvalidTlsFilesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidTlsFilesException(String message) {
        super(message);
    }

    InvalidTlsFilesException(String message, Throwable cause) {
        super(message, cause);
    }
}
