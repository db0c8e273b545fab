package dev.coatcheck.spring;

/** The application does not say, or not rightly, where its sessions are to be kept. */
final class SessionsUrlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SessionsUrlException(String message) {
        super(message);
    }

    SessionsUrlException(String message, Throwable cause) {
        super(message, cause);
    }
}
