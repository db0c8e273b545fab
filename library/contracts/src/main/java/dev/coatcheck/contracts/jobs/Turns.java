package dev.coatcheck.contracts.jobs;

import static java.util.Objects.requireNonNull;

import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Whose turn it is in {@link InMemoryJobs}, which guards this: groups in the order of their names, round and round. */
final class Turns {
    /** A group of a queue; all groups of the queue where the name is empty. */
    private record Group(String queue, String name) {}

    private final Collection<HeldJob> held;
    private final Map<Group, GroupLimit> limits = new HashMap<>();
    private final Map<Group, Instant> freeAt = new HashMap<>(); // theoretical arrival times, as GCRA calls them
    private final Map<Set<String>, String> lasts = new HashMap<>(); // of each set of queues that is claimed from

    Turns(Collection<HeldJob> held) {
        this.held = held;
    }

    void limit(String queue, String group, GroupLimit limit) {
        if (limit.equals(GroupLimit.none())) {
            limits.remove(new Group(queue, group));
        } else {
            limits.put(new Group(queue, group), limit);
        }
    }

    /**
     * Of jobs that are due, those that are to be run now.
     *
     * @param due in the order in which they would be taken if there were no groups
     */
    List<HeldJob> pick(Set<String> queues, List<HeldJob> due, int max, Instant now) {
        var picked = new ArrayList<HeldJob>();
        var byPriority = new TreeMap<Integer, NavigableMap<String, Deque<HeldJob>>>(Comparator.reverseOrder());
        for (var job : due) {
            byPriority
                    .computeIfAbsent(job.priority(), level -> new TreeMap<>())
                    .computeIfAbsent(job.group(), group -> new ArrayDeque<>())
                    .add(job);
        }
        byPriority.values().forEach(groups -> takeTurns(queues, groups, picked, max, now));
        return picked;
    }

    private void takeTurns(
            Set<String> queues,
            NavigableMap<String, Deque<HeldJob>> groups,
            List<HeldJob> picked,
            int max,
            Instant now) {
        boolean grouped = !groups.lastKey().isEmpty();
        var last = lasts.getOrDefault(queues, "");
        while (picked.size() < max && !groups.isEmpty()) {
            var following = groups.higherEntry(last);
            var next = following != null ? following : requireNonNull(groups.firstEntry());
            last = next.getKey();
            var waiting = next.getValue();
            // One queue's limit does not hold up what the group has in another.
            waiting.removeIf(job -> chance(job, picked, now).isAfter(now));
            if (!waiting.isEmpty()) {
                var job = waiting.remove();
                picked.add(job);
                charge(job, now);
            }
            if (waiting.isEmpty()) {
                groups.remove(last);
            }
        }
        if (grouped) {
            lasts.put(Set.copyOf(queues), last);
        }
    }

    /** When there is something to do for those who wait, at the earliest. */
    Optional<Instant> nextChance(List<HeldJob> alive, Instant now) {
        return alive.stream()
                .map(job -> job.due().isAfter(now) ? job.due() : chance(job, List.of(), now))
                .min(Instant::compareTo);
    }

    /** When the limits of its group allow a job that is due. */
    private Instant chance(HeldJob job, List<HeldJob> picked, Instant now) {
        var limit = limitOf(job);
        if (limit.equals(GroupLimit.none())) {
            return now;
        }
        // Those that are picked do not run yet; nobody waits for their end.
        var leaseEnds = Stream.concat(
                        held.stream()
                                .filter(other -> other.state() == JobState.RUNNING
                                        && other.due().isAfter(now))
                                .filter(other -> sameGroup(job, other))
                                .map(HeldJob::due),
                        picked.stream().filter(other -> sameGroup(job, other)).map(other -> now.plusSeconds(1)))
                .toList();
        if (leaseEnds.size() >= limit.concurrency()) {
            return leaseEnds.stream().min(Instant::compareTo).orElse(now);
        }
        if (limit.starts() == GroupLimit.UNLIMITED) {
            return now;
        }
        var debt = Duration.between(now, freeAt.getOrDefault(groupOf(job), now));
        return now.plus(debt).plus(each(limit)).minus(limit.window());
    }

    private void charge(HeldJob job, Instant now) {
        var limit = limitOf(job);
        if (limit.starts() < GroupLimit.UNLIMITED) {
            freeAt.merge(
                    groupOf(job),
                    now.plus(each(limit)),
                    (free, fresh) -> (free.isAfter(now) ? free : now).plus(each(limit)));
        }
    }

    private static Duration each(GroupLimit limit) {
        return limit.window().dividedBy(limit.starts());
    }

    private GroupLimit limitOf(HeldJob job) {
        if (job.group().isEmpty()) {
            return GroupLimit.none();
        }
        var all = limits.getOrDefault(new Group(job.queue(), ""), GroupLimit.none());
        return limits.getOrDefault(groupOf(job), all);
    }

    private static Group groupOf(HeldJob job) {
        return new Group(job.queue(), job.group());
    }

    private static boolean sameGroup(HeldJob one, HeldJob other) {
        return groupOf(one).equals(groupOf(other));
    }
}
