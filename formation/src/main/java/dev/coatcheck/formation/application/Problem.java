package dev.coatcheck.formation.application;

/**
 * Something that has to be put right before the application can run.
 *
 * @param place where it is: a file, with its line where there is one, or an option
 * @param message what is wrong and what would be right
 */
public record Problem(String place, String message) {
    @Override
    public String toString() {
        return place + ": " + message;
    }
}
