package dev.coatcheck.prove.compare;

/**
 * Something that varied among the control's own runs, and is compared by its shape from then on.
 *
 * @param step the number of the step
 * @param place where in the response, as {@code $.json.id}
 * @param how in words
 * @param ofKind whether not only the value varied but what kind of thing there is: a status, whether there is anything, an
 *     empty list or one that is not. Ids, times and counters do not vary like that; what is remembered or forgotten does
 */
public record Noise(int step, String place, String how, boolean ofKind) {
    /** The same, where it is by chance that another kind of thing is there. */
    Noise ofValue() {
        return new Noise(step, place, how, false);
    }

    /** As {@code step 2 $.json.id: a UUID as "…"}. */
    @Override
    public String toString() {
        return "step " + step + " " + place + ": " + how;
    }
}
