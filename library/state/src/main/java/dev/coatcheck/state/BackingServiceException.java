package dev.coatcheck.state;

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

    private final String resource;
    private final String attempt;

    /**
     * @param resource the attached resource, without credentials: {@code "redis at 10.0.0.5:6379"}
     * @param attempt what was tried, as a verb phrase: {@code "read session"}
     * @param cause what the driver said
     */
    public BackingServiceException(String resource, String attempt, Throwable cause) {
        super("Could not %s on %s: %s".formatted(attempt, resource, cause.getMessage()), cause);
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
}
