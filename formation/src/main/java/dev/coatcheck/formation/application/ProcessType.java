package dev.coatcheck.formation.application;

/**
 * One line of a Procfile.
 *
 * @param name {@code web}, {@code worker}, …
 * @param command a shell command
 */
public record ProcessType(String name, String command) {
    /** The process type that the router hands requests to. */
    public static final String WEB = "web";

    /** The process type that runs once to its end before the others start. */
    public static final String RELEASE = "release";
}
