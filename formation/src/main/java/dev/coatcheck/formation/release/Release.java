package dev.coatcheck.formation.release;

import java.time.Instant;

/**
 * A build together with its configuration. Never changed once it is there.
 *
 * @param number counted from 1
 * @param build the id of the build
 */
public record Release(int number, Instant created, String build, Configuration configuration) {
    /** What became of it. */
    public enum State {
        /** The one that runs, or ran when the formation was stopped. */
        CURRENT,
        /** It came up and ran, and another one took its place. */
        EARLIER,
        /** It did not come up. */
        FAILED,
        /** The runner ended, or another one took its place, before it was known whether it comes up. */
        UNFINISHED
    }
}
