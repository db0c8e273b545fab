package dev.coatcheck.formation;

import dev.coatcheck.formation.Abort.AbortedException;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.supervision.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Brings what runs to what is to run, step by step, so that at every moment as many instances take requests as before. An
 * instance that is replaced stays until its successor has proved itself, and then leaves in order; what is too much leaves
 * last. Scaling, restarting, rolling and going back are all this, with different targets.
 */
final class Transition {
    /** Requests in flight get this long before an instance is asked to stop; a slow upload should come through. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    /** So many start at once where nothing is replaced: more would only take the processor from those that serve. */
    private static final int STARTING_AT_ONCE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final Instances instances;
    private final Abort abort;

    Transition(Instances instances, Abort abort) {
        this.instances = instances;
        this.abort = abort;
    }

    /**
     * Goes there.
     *
     * @param renewed which instances are replaced though they are what is wanted
     * @throws FormationException if an instance does not prove itself; what was done until then stays as it is
     */
    void to(Target target, Predicate<Instance> renewed) throws AbortedException, InterruptedException {
        for (ProcessType type : target.types()) {
            List<Instance> missing = new ArrayList<>();
            for (int number = 1; number <= target.quantity(type); number++) {
                List<Instance> there = at(type, number);
                if (there.isEmpty()) {
                    missing.add(target.attached().instance(type, number));
                } else if (there.stream().noneMatch(one -> target.isOfThisRelease(one) && !renewed.test(one))) {
                    startAll(List.of(target.attached().instance(type, number)));
                    retire(there);
                }
            }
            for (int from = 0; from < missing.size(); from += STARTING_AT_ONCE) {
                startAll(missing.subList(from, Math.min(missing.size(), from + STARTING_AT_ONCE)));
            }
        }
        retire(instances.staying(instance -> !target.hasPlaceFor(instance)));
    }

    /**
     * Goes back to what ran before, after {@link #to} has failed. What ran before came up once, so an instance of it that
     * does not come up in time is left to the supervision.
     */
    void backTo(Target target, Duration startLimit) throws AbortedException, InterruptedException {
        instances.forgetStopped();
        for (ProcessType type : target.types()) {
            for (int number = 1; number <= target.quantity(type); number++) {
                List<Instance> there = at(type, number);
                Optional<Instance> kept =
                        there.stream().filter(target::isOfThisRelease).findFirst();
                if (kept.isEmpty()) {
                    Instance again = target.attached().instance(type, number);
                    instances.add(again);
                    again.start();
                    abort.await(
                            again.firstReady().completeOnTimeout(null, startLimit.toMillis(), TimeUnit.MILLISECONDS));
                }
                retire(there.stream()
                        .filter(one -> kept.isEmpty() || one != kept.get())
                        .toList());
            }
        }
        retire(instances.staying(instance -> !target.hasPlaceFor(instance)));
    }

    private List<Instance> at(ProcessType type, int number) {
        return instances.staying(instance -> instance.type().name().equals(type.name()) && instance.number() == number);
    }

    private void startAll(List<Instance> fresh) throws AbortedException, InterruptedException {
        abort.goOn();
        fresh.forEach(instances::add);
        List<CompletableFuture<Optional<String>>> trials =
                fresh.stream().map(Instance::startOnTrial).toList();
        for (CompletableFuture<Optional<String>> trial : trials) {
            Optional<String> wrong = abort.await(trial);
            if (wrong.isPresent()) {
                throw new FormationException(wrong.get());
            }
        }
    }

    /** To its end even when the change is no longer wanted, because what is on its way out does not come back. */
    private void retire(List<Instance> leaving) throws AbortedException, InterruptedException {
        if (!leaving.isEmpty()) {
            abort.onlyOnStop().await(instances.retire(leaving, DRAIN_LIMIT));
        }
    }
}
