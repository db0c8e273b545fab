package dev.coatcheck.prove.load;

import java.util.HashMap;
import java.util.Map;

/**
 * How like the control's the answers to each step are while nothing changes but that several users come at once. What leaks
 * anyway, or is refused to who comes again, is not told of a change. Learned until it is {@linkplain #freeze frozen}; safe for
 * use by several threads.
 */
final class Usual {
    private final Map<Integer, Likeness> least = new HashMap<>();
    private final int firstVictim;
    private boolean frozen;

    /** @param firstVictim the first step that is known to miss what another process has; all from there on may do so */
    Usual(int firstVictim) {
        this.firstVictim = firstVictim;
    }

    /** What comes once it is frozen may come of the change already, and teaches nothing. */
    synchronized void learn(int step, Likeness seen) {
        if (!frozen) {
            Likeness most = step < firstVictim ? Likeness.WHOLE : Likeness.ANSWERED;
            least.merge(step, seen.lesser(most), Likeness::lesser);
        }
    }

    /** From now on nothing is learned. */
    synchronized void freeze() {
        frozen = true;
    }

    synchronized boolean isFrozen() {
        return frozen;
    }

    /** How like the control's an answer has to be; nothing is asked of a step that was never answered. */
    synchronized Likeness of(int step) {
        return least.getOrDefault(step, Likeness.NONE);
    }

    /** Whether an answer is less than what is usual. */
    boolean isBroken(int step, Likeness seen) {
        return seen.isLess(of(step));
    }
}
