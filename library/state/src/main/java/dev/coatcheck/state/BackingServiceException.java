package dev.coatcheck.state;

import java.net.UnknownHostException;

/**
 * A backing service did not do what was asked: it could not be reached, took too long, or answered with an error.
 *
 * <p>Every port throws this for broken infrastructure and for nothing else. What a caller has to tell apart in
 * ordinary operation (a session that is gone, a limit that is reached) is a result, never an exception. Whether the
 * operation took effect is unknown, unless the method says otherwise.
 *
 * <p>The message names the resource without its credentials, and what was tried.
 */
public final class BackingServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_CAUSES = 5;

    private final String resource;
    private final String attempt;

    /**
     * @param resource the attached resource, without credentials: {@code "redis at 10.0.0.5:6379"}
     * @param attempt what was tried, as a verb phrase: {@code "read session"}
     * @param cause what the driver said; the message repeats it, with what its own causes say that it leaves out
     */
    public BackingServiceException(String resource, String attempt, Throwable cause) {
        super("Could not %s on %s: %s".formatted(attempt, resource, reason(cause)), cause);
        this.resource = resource;
        this.attempt = attempt;
    }

    /** The attached resource, without credentials. */
    public String resource() {
        return resource;
    }

    /** What was tried. */
    public String attempt() {
        return attempt;
    }

    /** Drivers say that a connection could not be made, and why (the password, the name) in a cause of that. */
    private static String reason(Throwable cause) {
        var reason = new StringBuilder(said(cause));
        var next = cause.getCause();
        for (int i = 1; next != null && i < MAX_CAUSES; i++) {
            var said = said(next);
            if (reason.indexOf(said) < 0) {
                reason.append(": ").append(said);
            }
            next = next.getCause();
        }
        return reason.toString();
    }

    private static String said(Throwable cause) {
        var message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        // The JDK's message is the name alone; that of others may be a sentence.
        return cause instanceof UnknownHostException && message.indexOf(' ') < 0 ? "unknown host " + message : message;
    }
}
