package dev.coatcheck.prove.lab;

/** Nothing can be concluded, and why: the application does not start, a backing service is away. Speaks to the user. */
public sealed class InconclusiveException extends RuntimeException permits StrangerException {
    private static final long serialVersionUID = 1;

    public InconclusiveException(String reason) {
        super(reason);
    }

    public InconclusiveException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** For a report. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
