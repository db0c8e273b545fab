package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Run;
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
    private record Pair(int one, int other) {}

    /** Counts in the runs of one scenario: what was seen to happen, not what was planned. */
    public static Coverage of(int steps, Collection<Run> runs) {
        Set<Pair> separated = new HashSet<>();
        int kills = 0;
        for (Run run : runs) {
            Map<String, String> layers = new HashMap<>();
            run.starts().forEach(start -> layers.put(start.instance(), start.layer()));
            List<Run.Played> played =
                    run.played().stream().filter(step -> !step.repeated()).toList();
            Set<String> repeatedIn = new HashSet<>();
            run.played().stream()
                    .filter(Run.Played::repeated)
                    .forEach(step -> repeatedIn.add(step.instance() + " " + number(step)));
            for (Run.Played other : played) {
                for (Run.Played one : played.subList(0, played.indexOf(other))) {
                    String layer = layers.get(one.instance());
                    // Where the earlier one was repeated in the later one's instance, they were not apart.
                    boolean apart = !repeatedIn.contains(other.instance() + " " + number(one));
                    if (apart && layer != null && !layer.equals(layers.get(other.instance()))) {
                        separated.add(new Pair(number(one), number(other)));
                    }
                }
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
