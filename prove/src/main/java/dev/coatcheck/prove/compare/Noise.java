package dev.coatcheck.prove.compare;

/**
 * Something that varied among the control's own runs, and is compared by its shape from then on.
 *
 * @param step the number of the step
 * @param place where in the response, as {@code $.json.id}
 * @param how in words
 */
public record Noise(int step, String place, String how) {
    /** As {@code step 2 $.json.id: a UUID as "…"}. */
    @Override
    public String toString() {
        return "step " + step + " " + place + ": " + how;
    }
}
