package dev.coatcheck.state.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Completes the jobs of one worker, those that end while a completion is under way together in the next. One that ends
 * alone waits for nobody, and under load many share a round trip and a commit: the group commit of databases.
 *
 * <p>Whoever has the turn completes for all who wait for it, and they find their results when it is theirs.
 */
final class Completions {
    private final Jobs jobs;
    private final ConcurrentLinkedQueue<Ended> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock();

    Completions(Jobs jobs) {
        this.jobs = jobs;
    }

    /** One job that ended; everything but the job is guarded by the turn. */
    private static final class Ended {
        private final ClaimedJob job;
        private boolean settled;
        private boolean completed;
        private @Nullable Throwable failure;

        Ended(ClaimedJob job) {
            this.job = job;
        }
    }

    /** As {@link Jobs#complete}; who shared the round trip shares its failure. */
    boolean complete(ClaimedJob job) {
        var mine = new Ended(job);
        waiting.add(mine);
        turn.lock();
        try {
            // Once is not enough where more than a batch wait before it.
            while (!mine.settled) {
                completeWaiting();
            }
            if (mine.failure instanceof RuntimeException e) {
                throw e;
            }
            if (mine.failure instanceof Error e) {
                throw e;
            }
            return mine.completed;
        } finally {
            turn.unlock();
        }
    }

    private void completeWaiting() {
        var ended = takeWaiting();
        Set<ClaimedJob> completed = Set.of();
        Throwable failure = null;
        try {
            completed = jobs.completeAll(ended.stream().map(each -> each.job).toList());
        } catch (RuntimeException | Error e) {
            // None may stay unsettled, since nobody would come back for it.
            failure = e;
        }
        for (var each : ended) {
            each.settled = true;
            each.completed = completed.contains(each.job);
            each.failure = failure;
        }
    }

    private List<Ended> takeWaiting() {
        var taken = new ArrayList<Ended>();
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            taken.add(next);
            if (taken.size() == Jobs.MAX_BATCH) {
                break;
            }
        }
        return taken;
    }
}
