package dev.coatcheck.process.health;

import dev.coatcheck.process.Instance;
import dev.coatcheck.process.lifecycle.Lifecycle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * Whether a process lives, and whether it should be given work.
 *
 * <pre>{@code
 * var health = Health.of(lifecycle).check("redis", redis::ping).check("postgres", postgres::ping);
 * }</pre>
 *
 * <p>A process is ready while its lifecycle is READY, and not before every attached resource has answered in one and the
 * same poll. After that first time the resources are reported but do not decide: all instances share them, and taking all
 * instances out when a store blinks would turn a blink into an outage.
 *
 * <p>A poll costs each resource at most one round trip a second, whoever polls how often. The checks run at the same time on
 * virtual threads, each within its own time-out; nothing is asked while the process drains. Safe for use by several threads.
 */
public final class Health {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

    private final Lifecycle lifecycle;
    private final LongSupplier nanoTime;
    private final List<ResourceCheck> checks = new CopyOnWriteArrayList<>();
    private volatile boolean allHaveAnswered;

    /** @param nanoTime as {@link System#nanoTime}, by which answers grow old */
    Health(Lifecycle lifecycle, LongSupplier nanoTime) {
        this.lifecycle = lifecycle;
        this.nanoTime = nanoTime;
    }

    /** The health of the process that {@code lifecycle} is the life of. */
    public static Health of(Lifecycle lifecycle) {
        return new Health(lifecycle, System::nanoTime);
    }

    /** Adds an attached resource whose check may take 2 s. */
    public Health check(String name, Check check) {
        return check(name, DEFAULT_TIMEOUT, check);
    }

    /** Adds an attached resource. Its name appears in answers and logs. */
    public Health check(String name, Duration timeout, Check check) {
        if (checks.stream().anyMatch(other -> other.name().equals(name))) {
            throw new IllegalArgumentException("There is already a check named " + name);
        }
        checks.add(new ResourceCheck(name, timeout, check, nanoTime));
        return this;
    }

    /** Whether the process should be left alive. Costs nothing. */
    public Liveness live() {
        var state = lifecycle.state();
        return new Liveness(state != Lifecycle.State.STOPPED, state, Instance.name());
    }

    /** Whether the process should be given work. Takes at most twice the longest time-out of a check. */
    public Readiness ready() {
        var resources =
                switch (lifecycle.state()) {
                    case STARTING, READY -> askAll();
                    case DRAINING, STOPPED -> List.<Readiness.Resource>of();
                };
        // Asked after the resources, which take their time: a process that began to drain meanwhile must not look
        // ready.
        var state = lifecycle.state();
        var answered = resources.stream().allMatch(resource -> resource.status() instanceof ResourceStatus.Up);
        if (state == Lifecycle.State.READY && answered) {
            allHaveAnswered = true;
        }
        return new Readiness(state == Lifecycle.State.READY && allHaveAnswered, state, Instance.name(), resources);
    }

    private List<Readiness.Resource> askAll() {
        var questions = checks.stream()
                .<Callable<Readiness.Resource>>map(check -> check::ask)
                .toList();
        var threads = Thread.ofVirtual().name("health-poll-", 0).factory();
        try (var executor = Executors.newThreadPerTaskExecutor(threads)) {
            return executor.invokeAll(questions).stream().map(Future::resultNow).toList();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return checks.stream()
                    .map(check -> new Readiness.Resource(check.name(), new ResourceStatus.Down("not asked")))
                    .toList();
        }
    }
}
