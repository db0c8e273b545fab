package dev.coatcheck.formation;

/** The formation did not come up, or ended, for a reason that lies outside of this program. The message is for people. */
public final class FormationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FormationException(String message) {
        super(message);
    }

    public FormationException(String message, Throwable cause) {
        super(message, cause);
    }
}
