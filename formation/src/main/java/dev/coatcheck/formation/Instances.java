package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.supervision.Instance;
import dev.coatcheck.formation.supervision.InstanceState;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** The instances that run. Changed by one thread at a time; looked at by any. */
final class Instances {
    private static final Comparator<Instance> ORDER = Comparator.comparing(
                    (Instance instance) -> !instance.type().name().equals(ProcessType.WEB))
            .thenComparing(instance -> instance.type().name())
            .thenComparingInt(Instance::number)
            .thenComparingInt(Instance::release);

    private final List<Instance> all = new CopyOnWriteArrayList<>();

    /** In the order in which people look for them: web first, then by name and number. */
    List<Instance> all() {
        return all.stream().sorted(ORDER).toList();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void add(Instance instance) {
        all.add(instance);
    }

    /** Those that are not on their way out, the longest there first. */
    List<Instance> staying(Predicate<Instance> wanted) {
        return all.stream()
                .filter(instance -> !instance.isLeaving() && wanted.test(instance))
                .toList();
    }

    /** Completes when each that is to run has been ready once, whichever those are by then. */
    CompletableFuture<Void> allReady() {
        List<Instance> lacking = staying(instance -> !instance.firstReady().isDone());
        return lacking.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.allOf(lacking.stream()
                                .map(instance -> CompletableFuture.anyOf(instance.firstReady(), instance.onStopped()))
                                .toArray(CompletableFuture<?>[]::new))
                        .thenCompose(_ -> allReady());
    }

    /**
     * Asks instances to stop, the highest numbers first, and forgets them when they have.
     *
     * @param drainLimit for their requests in flight
     * @return completes when all have stopped, which is at the limits of their process types at the latest
     */
    CompletableFuture<Void> retire(Collection<Instance> leaving, Duration drainLimit) {
        leaving.stream()
                .sorted(Comparator.comparingInt(Instance::number).reversed())
                .forEach(instance -> instance.stop(drainLimit));
        return CompletableFuture.allOf(leaving.stream()
                .map(instance -> instance.onStopped().thenRun(() -> all.remove(instance)))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Those whose end nobody waited for. */
    void forgetStopped() {
        all.removeIf(instance -> instance.status().state() == InstanceState.STOPPED);
    }

    void killAll() {
        all.forEach(Instance::kill);
    }
}
