package dev.coatcheck.prove.location;

/**
 * Whether a process remembers what a step brought, or only has not swept it up yet: buffers and garbage hold a needle for
 * a while, too. The step is replayed a few times, each replay giving a needle of its own; after some other traffic it is
 * counted how many of them are still there. What is remembered is remembered each time; garbage is overwritten, the
 * oldest first.
 */
public enum Remembrance {
    REMEMBERED,
    NOT_REMEMBERED,
    /** Too few replays, or neither nearly all nor nearly none was found. */
    UNSURE;

    private static final int FEWEST_REPLAYS = 3;

    /**
     * Judges by two counts.
     *
     * @param replays how many replays gave a needle that is no other's; three at least, five are better
     * @param found how many of these needles were found after the other traffic
     */
    public static Remembrance of(int replays, int found) {
        if (found < 0 || found > replays) {
            throw new IllegalArgumentException(found + " of " + replays + " needles cannot have been found");
        }
        int tolerated = replays / 5;
        if (replays < FEWEST_REPLAYS) {
            return UNSURE;
        }
        if (found >= replays - tolerated) {
            return REMEMBERED;
        }
        return found <= Math.max(1, tolerated) ? NOT_REMEMBERED : UNSURE;
    }
}
