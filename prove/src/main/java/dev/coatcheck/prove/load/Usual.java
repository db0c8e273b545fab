package dev.coatcheck.prove.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How like the control's the answers to each step are while nothing changes but that several users come at once. What leaks
 * anyway, or is refused to who comes again, is not told of a change. Safe for use by several threads.
 */
final class Usual {
    private final Map<Integer, Likeness> least = new ConcurrentHashMap<>();

    /** @param firstVictim the first step that is known to miss what another process has; all from there on may do so */
    Usual(int steps, int firstVictim) {
        for (int step = 1; step <= steps; step++) {
            least.put(step, step < firstVictim ? Likeness.WHOLE : Likeness.ANSWERED);
        }
    }

    void learn(int step, Likeness seen) {
        least.merge(step, seen, (known, now) -> now.isLess(known) ? now : known);
    }

    /** Whether an answer is less than what is usual. */
    boolean isBroken(int step, Likeness seen) {
        return seen.isLess(least.getOrDefault(step, Likeness.NONE));
    }

    /** How many steps are judged by so much. */
    long count(Likeness likeness) {
        return least.values().stream().filter(likeness::equals).count();
    }
}
