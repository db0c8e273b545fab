package dev.coatcheck.prove.scenario;

/** A scenario cannot be read. The message says where, what is wrong, and what is expected there. */
public final class InvalidScenarioException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidScenarioException(Place place, String message) {
        this(place.toString(), message);
    }

    /** For what is wrong with a source as a whole. */
    public InvalidScenarioException(String source, String message) {
        super(source + ": " + message);
    }
}
