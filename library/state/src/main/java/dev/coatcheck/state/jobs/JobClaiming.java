package dev.coatcheck.state.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * For adapters whose store tells of new jobs, and whose claims go on where the one before has ended: what is around the
 * question to the store. Of signals nothing is missed, whatever is told while the store is asked. Thread-safe.
 *
 * <pre>{@code
 * var claiming = new JobClaiming(signals);
 * return claiming.claim(queues, max, (before, isChanged) -> askTheStore(queues, max, lease, before));
 * }</pre>
 */
public final class JobClaiming {
    /** More than any application has; so that queues whose names are made up fill no memory. */
    private static final int MOST_SETS_OF_QUEUES = 1_000;

    private final JobSignals signals;

    /** For each set of queues; of threads that claim at once, what any one has found out will do. */
    private final ConcurrentMap<Set<String>, Known> known = new ConcurrentHashMap<>();

    private record Known(String state, long told) {
        private static final Known NOTHING = new Known("", -1);
    }

    /**
     * What the store has answered.
     *
     * @param jobs those that were claimed
     * @param state what the next claim from these queues is handed; in the store's own words
     * @param nothingFor for how long there will be no job, unless the store tells of one; empty where jobs were claimed, or
     *     that is not known
     */
    public record Answer(List<ClaimedJob> jobs, String state, Optional<Duration> nothingFor) {
        public Answer {
            jobs = List.copyOf(jobs);
        }
    }

    /** Asks the store, in one round trip. */
    @FunctionalInterface
    public interface Question {
        /**
         * Claims.
         *
         * @param state what the last claim from these queues has handed on; empty where there was none
         * @param isChanged whether the store has told of the queues since: what that claim has gone past may have changed
         */
        Answer ask(String state, boolean isChanged);
    }

    /** Nothing has been claimed yet. */
    public JobClaiming(JobSignals signals) {
        this.signals = signals;
    }

    /** Claims from these queues; asks nothing where there are none, or no job is wanted. */
    public List<ClaimedJob> claim(Set<String> queues, int max, Question question) {
        if (queues.isEmpty() || max < 1) {
            return List.of();
        }
        long told = signals.takeDown(queues);
        var before = known.getOrDefault(queues, Known.NOTHING);
        long asked = System.nanoTime();
        var answer = question.ask(before.state(), before.told() != told);
        note(queues, new Known(answer.state(), told));
        // A millisecond more, since a wait may end a little early.
        answer.nothingFor().ifPresent(wait -> signals.nothingBefore(queues, asked + wait.toNanos() + 1_000_000));
        if (answer.jobs().size() == max) {
            // There may be more, for another thread here that was told of the same jobs.
            signals.raise(queues);
        }
        return answer.jobs();
    }

    private void note(Set<String> queues, Known now) {
        if (known.size() >= MOST_SETS_OF_QUEUES) {
            known.clear();
        }
        known.put(Set.copyOf(queues), now);
    }
}
