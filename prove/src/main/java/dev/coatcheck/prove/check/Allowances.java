package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Seat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is allowed for, because it is known already: one leak hides those behind it. Immutable.
 *
 * @param repeated steps that are repeated in every process, so that what they leave there is everywhere
 * @param tied steps that are left in one process together, because the first of them cannot be repeated
 * @param workersWith the step with whose process the workers share a disk
 */
record Allowances(SortedSet<Integer> repeated, List<SortedSet<Integer>> tied, OptionalInt workersWith) {
    static final Allowances NONE = new Allowances(new TreeSet<>(), List.of(), OptionalInt.empty());

    Allowances repeating(int step) {
        SortedSet<Integer> more = new TreeSet<>(repeated);
        more.add(step);
        return new Allowances(more, tied, workersWith);
    }

    /** Where the step itself matters: played everywhere, it would be where it must not be as well. */
    Allowances notRepeating(int step) {
        SortedSet<Integer> fewer = new TreeSet<>(repeated);
        fewer.remove(step);
        return new Allowances(fewer, tied, workersWith);
    }

    Allowances tying(Collection<Integer> steps) {
        SortedSet<Integer> joined = new TreeSet<>(steps);
        List<SortedSet<Integer>> groups = new ArrayList<>();
        for (SortedSet<Integer> group : tied) {
            if (!Collections.disjoint(group, steps)) {
                joined.addAll(group);
            } else {
                groups.add(group);
            }
        }
        groups.add(joined);
        return new Allowances(repeated, groups, workersWith);
    }

    Allowances withWorkersAt(int step) {
        return new Allowances(repeated, tied, OptionalInt.of(step));
    }

    boolean areNone() {
        return equals(NONE);
    }

    /** The plan with what is allowed for. */
    Plan in(Plan plan) {
        List<Seat> seats = new ArrayList<>(plan.seats());
        Map<Integer, Death> deaths = new TreeMap<>(plan.deaths());
        for (SortedSet<Integer> whole : tied) {
            SortedSet<Integer> group = whole.headSet(seats.size() + 1);
            if (!group.isEmpty()) {
                Seat seat = seats.get(group.first() - 1);
                group.forEach(step -> seats.set(step - 1, seat));
                // Their process has to live from the first of them to the last.
                deaths.keySet().removeIf(step -> step >= group.first() && step < group.last());
            }
        }
        SortedSet<Integer> repeatedHere = new TreeSet<>(repeated);
        repeatedHere.removeIf(step -> step > seats.size());
        Plan allowed = plan.withSeats(seats).withDeaths(deaths).repeating(repeatedHere);
        return workersWith.isPresent() && workersWith.getAsInt() <= seats.size()
                ? allowed.withWorkersOnDisk(
                        seats.get(workersWith.getAsInt() - 1).disk())
                : allowed;
    }
}
