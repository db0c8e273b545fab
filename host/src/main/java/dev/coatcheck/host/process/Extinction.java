package dev.coatcheck.host.process;

import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;

/** Kills trees of processes until there is nothing left to kill. */
final class Extinction {
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** For those that were killed to go, before it is looked for others: the table of a whole machine is dear to read. */
    private static final Duration GOING = Duration.ofMillis(100);

    private Extinction() {}

    /**
     * Kills those for which {@code root} holds and all their descendants. Found anew each time, since one that is being
     * killed may just have started another.
     *
     * @return whether none was left within the limit
     */
    static boolean of(Predicate<ProcessTable.Row> root, Duration limit) {
        return Patience.await(limit, Duration.ZERO, () -> {
            Set<Long> doomed = ProcessTable.trees(root);
            for (long pid : doomed) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            Patience.await(GOING, PAUSE, () -> doomed.stream().allMatch(pid -> ProcessTable.find(pid) == null));
            return doomed.isEmpty();
        });
    }
}
