package dev.coatcheck.prove.load;

import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** What came of a load since its answers are judged. Safe for use by several threads. */
final class Tally {
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger conversations = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Set<Integer> compared = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Optional<String>> firstFailure = new AtomicReference<>(Optional.empty());

    /** An answer, and what it was held to. */
    void answered(Step step, Likeness usual) {
        requests.incrementAndGet();
        if (usual != Likeness.NONE) {
            compared.add(step.number());
        }
    }

    /** An answer that says no more than that there are too many requests. */
    void refused() {
        requests.incrementAndGet();
        refused.incrementAndGet();
    }

    /** A request that failed, or was answered less well than usual. */
    void failed(Step step, String how) {
        failed.incrementAndGet();
        firstFailure.compareAndSet(
                Optional.empty(), Optional.of("step " + step.number() + " " + step.title() + ": " + how));
    }

    /** A request that is still under way, though it was waited for as long as that. */
    void neverOver(Step step, Duration limit) {
        requests.incrementAndGet();
        failed(step, "never over, though it was waited for " + limit.toSeconds() + " s");
    }

    /** A conversation that was judged from its first step to its last. */
    void whole() {
        conversations.incrementAndGet();
    }

    int requests() {
        return requests.get();
    }

    int failures() {
        return failed.get();
    }

    int conversations() {
        return conversations.get();
    }

    /** How many conversations ended because there were too many requests. */
    int refusals() {
        return refused.get();
    }

    Optional<String> firstFailure() {
        return firstFailure.get();
    }

    /** The numbers of the steps of which no answer was held to anything. */
    List<Integer> neverCompared(int steps) {
        return IntStream.rangeClosed(1, steps)
                .filter(step -> !compared.contains(step))
                .boxed()
                .toList();
    }
}
