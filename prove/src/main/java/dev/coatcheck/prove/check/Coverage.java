package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Run;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far a proof goes.
 *
 * @param pairs of steps that the scenario has
 * @param separated those of them that were played by different instances with different disks in some run
 * @param kills of processes that were seen to be gone
 */
public record Coverage(int pairs, int separated, int kills) {
    private record Pair(int one, int other) {
        static Pair of(int step, int another) {
            return new Pair(Math.min(step, another), Math.max(step, another));
        }
    }

    /** Counts in the runs of one scenario: what was seen to happen, not what was planned. */
    public static Coverage of(int steps, Collection<Run> runs) {
        Set<Pair> separated = new HashSet<>();
        int kills = 0;
        for (Run run : runs) {
            Map<String, String> layers = new HashMap<>();
            run.starts().forEach(start -> layers.put(start.instance(), start.layer()));
            List<Run.Played> earlier = new ArrayList<>();
            Set<String> playedIn = new HashSet<>();
            for (Run.Played later : run.played()) {
                if (!later.repeated()) {
                    String layer = layers.get(later.instance());
                    for (Run.Played one : earlier) {
                        // Where the earlier one was played in the later one's instance too, they were not apart.
                        boolean apart = number(one) != number(later)
                                && !playedIn.contains(later.instance() + " " + number(one));
                        String other = layers.get(one.instance());
                        if (apart && other != null && !other.equals(layer)) {
                            separated.add(Pair.of(number(one), number(later)));
                        }
                    }
                    earlier.add(later);
                }
                playedIn.add(later.instance() + " " + number(later));
            }
            kills += (int) run.kills().stream().filter(Run.Killed::gone).count();
        }
        return new Coverage(steps * (steps - 1) / 2, separated.size(), kills);
    }

    private static int number(Run.Played played) {
        return played.exchange().step().number();
    }

    public Coverage plus(Coverage other) {
        return new Coverage(pairs + other.pairs, separated + other.separated, kills + other.kills);
    }
}
