package dev.coatcheck.process.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a process: STARTING → READY → DRAINING → STOPPED, never backwards.
 *
 * <pre>{@code
 * try (var lifecycle = Lifecycle.start(config.drainTimeout())) {
 *     var redis = Redis.attach(config.redisUrl());
 *     lifecycle.onStop(Phase.CLIENTS, "redis", redis);
 *     ...
 *     lifecycle.ready();
 *     lifecycle.awaitStopped();
 * }
 * }</pre>
 *
 * <p>SIGTERM or SIGINT begins the stop (SIGINT not where the process was started with it ignored, as a shell starts what a
 * script runs in the background): the state turns to DRAINING, so that readiness is false before anything closes;
 * then the steps given to {@link #onStop} run, {@linkplain Phase phase by phase}. A step that throws or overruns its
 * phase's limit is logged and does not keep the others from running. From the signal to the end it takes at most the drain
 * timeout and 15 seconds; whoever sends SIGKILL should wait longer than that.
 *
 * <p>The process then ends with status 0, since stopping when asked is success and a supervisor should not count it as a
 * crash; with 1 where a step failed or overran, so that lost work is not silent. The same signal again ends the process at
 * once, with 143 for SIGTERM and 130 for SIGINT, whatever is under way. When the JVM ends for another reason ({@link System#exit}
 * anywhere, or the last thread's end) the same steps run first, and the status stays what it was.
 *
 * <p>Safe for use by several threads.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    private final Duration drainTimeout;
    private final Consumer<Boolean> atEnd;
    private final long startedAt = System.nanoTime();
    private final CountDownLatch stopped = new CountDownLatch(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Phase, List<Step>> steps = new EnumMap<>(Phase.class);
    private volatile State state = State.STARTING;
    private @Nullable Phase reached;

    /** Where a process stands. */
    public enum State {
        /** It is being set up and takes no work. */
        STARTING,
        /** It takes work. */
        READY,
        /** It takes no more work and finishes what it has. */
        DRAINING,
        /** Everything is closed. */
        STOPPED
    }

    private Lifecycle(Duration drainTimeout, Consumer<Boolean> atEnd) {
        if (drainTimeout.isNegative()) {
            throw new IllegalArgumentException("The drain timeout is " + drainTimeout + "; it must not be negative");
        }
        this.drainTimeout = drainTimeout;
        this.atEnd = atEnd;
    }

    /**
     * Begins the life of this process and takes over SIGTERM and SIGINT; for its {@code main}, once. An exception that ends
     * a thread is logged from here on, unless the process has its own handler for that.
     *
     * @param drainTimeout how long requests in flight and jobs may take to finish; 30 seconds are usual
     */
    public static Lifecycle start(Duration drainTimeout) {
        var termination = new Termination();
        var lifecycle = new Lifecycle(drainTimeout, termination::ended);
        if (Thread.getDefaultUncaughtExceptionHandler() == null) {
            Thread.setDefaultUncaughtExceptionHandler(
                    (thread, failure) -> log.error("The thread {} died", thread.getName(), failure));
        }
        termination.takeOver(lifecycle);
        return lifecycle;
    }

    /** A lifecycle that leaves the JVM alone: no signals, no exit. For tests, and for several in one JVM. */
    public static Lifecycle embedded(Duration drainTimeout) {
        return new Lifecycle(drainTimeout, clean -> {});
    }

    /** Where the process stands now. */
    public State state() {
        return state;
    }

    /** The time that {@link Phase#WORK} has, for servers that want to know it. */
    public Duration drainTimeout() {
        return drainTimeout;
    }

    /**
     * Registers what to do when the process stops: a step, or simply the resource to close. It is interrupted where it
     * takes longer than its phase may. If that phase has already begun, because a signal came while the process was still
     * starting, the step runs at once, before this returns.
     *
     * @param name for the logs
     */
    public void onStop(Phase phase, String name, AutoCloseable step) {
        var late = new Step(phase, name, step);
        lock.lock();
        try {
            if (reached == null || phase.compareTo(reached) > 0) {
                steps.computeIfAbsent(phase, first -> new ArrayList<>()).add(late);
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            run(phase, List.of(late));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that the process takes work. Without effect where the stop has already begun. */
    public void ready() {
        if (advance(State.STARTING, State.READY)) {
            log.atInfo().addKeyValue("millis", millisSince(startedAt)).log("Ready");
        }
    }

    /** Waits, as long as it takes, until the process has stopped. */
    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    /** Stops as a signal would, but leaves the JVM running, and waits until all is closed. Harmless when repeated. */
    @Override
    public void close() {
        stop("closed by the program");
        try {
            awaitStopped();
        } catch (InterruptedException interrupted) {
            // The steps go on without this thread.
            Thread.currentThread().interrupt();
        }
    }

    /** Begins the stop, unless it has begun. */
    void stop(String reason) {
        if (advance(State.STARTING, State.DRAINING) || advance(State.READY, State.DRAINING)) {
            Thread.ofPlatform().name("lifecycle-stop").start(() -> drain(reason));
        }
    }

    private boolean advance(State from, State to) {
        lock.lock();
        try {
            if (state != from) {
                return false;
            }
            state = to;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void drain(String reason) {
        var begun = System.nanoTime();
        var clean = false;
        try {
            log.info("Stopping: {}", reason);
            clean = runAll();
            log.atInfo().addKeyValue("millis", millisSince(begun)).log(clean ? "Stopped" : "Stopped, but not cleanly");
        } catch (InterruptedException interrupted) {
            log.error("Stopping was interrupted; what was still open stays so until the process ends");
        } finally {
            end(clean);
        }
    }

    private boolean runAll() throws InterruptedException {
        var clean = true;
        for (var phase : Phase.values()) {
            clean &= run(phase, reach(phase));
        }
        return clean;
    }

    private void end(boolean clean) {
        advance(State.DRAINING, State.STOPPED);
        try {
            atEnd.accept(clean);
        } finally {
            stopped.countDown();
        }
    }

    /** From here on a step for {@code phase} comes too late for {@link #drain}. */
    private List<Step> reach(Phase phase) {
        lock.lock();
        try {
            reached = phase;
            return List.copyOf(steps.getOrDefault(phase, List.of()));
        } finally {
            lock.unlock();
        }
    }

    /** Whether all of {@code these} ended well. */
    private boolean run(Phase phase, List<Step> these) throws InterruptedException {
        var deadline = System.nanoTime() + phase.limit(drainTimeout).toNanos();
        var clean = true;
        for (var running : these.stream().map(Step::begin).toList()) {
            clean &= running.awaitUntil(deadline);
        }
        return clean;
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }
}
