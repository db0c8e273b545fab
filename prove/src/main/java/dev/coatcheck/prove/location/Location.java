package dev.coatcheck.prove.location;

/**
 * Where a needle lives.
 *
 * @param instance which instance, or which backing service, holds it: {@code web.1}, {@code redis}
 * @param path where in there, in words for people: {@code com.acme.Login.sessions (static HashMap) → ["4f1c9a…"]}. A
 *     needle is shown by its beginning alone
 */
public record Location(Kind kind, String instance, String path) {
    /** What kind of place it is. */
    public enum Kind {
        /** An object that a static field, a variable or a thread leads to. */
        HEAP,
        /** Somewhere in the memory of a process. */
        MEMORY,
        FILE,
        BACKING_SERVICE
    }
}
