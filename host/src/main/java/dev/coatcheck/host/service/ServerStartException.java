package dev.coatcheck.host.service;

/** A backing server did not come up. The message names it, its home, the reason, and the last lines of its log. */
public final class ServerStartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ServerStartException(String message) {
        super(message);
    }

    ServerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
