package dev.coatcheck.formation.supervision;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.router.Upstream;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ExitStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One running copy of a process type, kept running until it is stopped: its process is started, gated, put into the
 * router's rotation, taken out the moment it exits, and started again after a wait. A thread of its own goes through this
 * in a loop; all methods may be called from any thread.
 */
public final class Instance {
    private static final Duration CHECK_PAUSE = Duration.ofMillis(100);

    /** A stream that never ends must not keep an instance from being asked to stop. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(10);

    /** Where and with what instances run; the same for all of a formation. */
    public record Surroundings(
            Path folder, Map<String, String> environment, Journal journal, InstantSource clock, Duration startLimit) {
        public Surroundings {
            environment = Map.copyOf(environment);
        }
    }

    /** What hands requests to an instance, and what decides when. */
    public record Intake(Router router, Readiness readiness) {}

    private final String name;
    private final ProcessType type;
    private final Surroundings surroundings;
    private final Optional<Intake> intake;
    private final Journal journal;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final CompletableFuture<Void> stopAsked = new CompletableFuture<>();
    private final CompletableFuture<Void> killAsked = new CompletableFuture<>();
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final Thread thread;

    /** Written by the instance's thread alone. */
    private volatile InstanceStatus status;

    private volatile Duration stopLimit = Duration.ZERO;

    /**
     * Prepares an instance; {@link #start} starts it.
     *
     * @param number counted from 1 within the type
     * @param intake empty for a process type that gets no requests
     */
    public Instance(ProcessType type, int number, Surroundings surroundings, Optional<Intake> intake) {
        this.name = type.name() + "." + number;
        this.type = type;
        this.surroundings = surroundings;
        this.intake = intake;
        this.journal = surroundings.journal();
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
        this.status = new InstanceStatus(
                name, type.name(), OptionalLong.empty(), TcpPorts.free(), InstanceState.STARTING, now(), 0);
    }

    public void start() {
        thread.start();
    }

    public InstanceStatus status() {
        return status;
    }

    /** Completes when it is ready for the first time. */
    public CompletableFuture<Void> firstReady() {
        return firstReady.copy();
    }

    /**
     * Asks it to stop: out of rotation, no more requests in flight, SIGTERM to its group, SIGKILL to what is left at the
     * limit. Does not wait.
     */
    public void stop(Duration limit) {
        stopLimit = limit;
        stopAsked.complete(null);
    }

    /** Ends it at once, also while it is stopping. Does not wait. */
    public void kill() {
        killAsked.complete(null);
        stopAsked.complete(null);
    }

    public void awaitStopped() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            while (!stopAsked.isDone()) {
                Optional<Duration> wait = runOnce();
                if (wait.isPresent()) {
                    await(stopAsked, wait.get());
                    nextRestart();
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; should somebody, the instance ends as if it were stopped.
        } finally {
            become(InstanceState.STOPPED, OptionalLong.empty());
        }
    }

    /** One process from start to end; how long to wait before the next, or empty when there is to be none. */
    private Optional<Duration> runOnce() throws InterruptedException {
        try (RunningProcess process =
                RunningProcess.start(name, type.command(), surroundings.folder(), environment(), journal)) {
            become(InstanceState.STARTING, OptionalLong.of(process.pid()));
            tell(
                    Kind.INSTANCE_STARTED,
                    Level.INFO,
                    name + " started (process " + process.pid() + ", TCP port " + status.tcpPort() + ")");
            return supervise(process);
        } catch (IOException | RuntimeException e) {
            // Of the second kind is a machine that is out of file descriptors while processes are looked at.
            return Optional.of(startAgain(Duration.ZERO, name + " could not be run: " + e.getMessage(), List.of()));
        }
    }

    private Optional<Duration> supervise(RunningProcess process) throws InterruptedException {
        Optional<String> lacking = awaitReady(process);
        if (lacking.isPresent()) {
            tell(
                    Kind.INSTANCE_NOT_READY,
                    Level.ERROR,
                    name + " was not ready within " + surroundings.startLimit().toSeconds() + " s: " + lacking.get()
                            + "; it is ended");
            process.end();
            return Optional.of(startAgain(Duration.ZERO, name + " did not become ready", process.recentLines()));
        }
        Instant readyAt = now();
        boolean wasReady = !process.onExit().isDone() && !stopAsked.isDone();
        Optional<Upstream> upstream = wasReady ? admit(process) : Optional.empty();
        awaitEither(process.onExit(), stopAsked);
        if (stopAsked.isDone()) {
            stop(process, upstream);
            return Optional.empty();
        }
        upstream.ifPresent(Upstream::remove);
        ExitStatus exit = process.end();
        Duration wellFor = wasReady ? Duration.between(readyAt, now()) : Duration.ZERO;
        String what = name + " (process " + process.pid() + ") " + ExitWords.of(exit)
                + (wasReady ? "" : " before it was ready");
        return Optional.of(startAgain(wellFor, what, process.recentLines()));
    }

    /** What is lacking when the time is over, or empty when it is ready, has exited, or is to stop. */
    private Optional<String> awaitReady(RunningProcess process) throws InterruptedException {
        if (intake.isEmpty()) {
            return Optional.empty();
        }
        long start = System.nanoTime();
        while (!process.onExit().isDone() && !stopAsked.isDone()) {
            Optional<String> lacking = intake.get().readiness().lacking(status.tcpPort());
            if (lacking.isEmpty()
                    || System.nanoTime() - start > surroundings.startLimit().toNanos()) {
                return lacking;
            }
            Thread.sleep(CHECK_PAUSE);
        }
        return Optional.empty();
    }

    private Optional<Upstream> admit(RunningProcess process) {
        Optional<Upstream> upstream = intake.map(
                it -> it.router().add(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), status.tcpPort())));
        // Not by way of this instance's thread: the next request must not meet a process that is gone.
        var _ = process.onExit().thenRun(() -> upstream.ifPresent(Upstream::remove));
        become(InstanceState.READY, OptionalLong.of(process.pid()));
        if (intake.isPresent()) {
            tell(Kind.INSTANCE_READY, Level.INFO, name + " is ready");
        }
        firstReady.complete(null);
        return upstream;
    }

    private Duration startAgain(Duration wellFor, String what, List<String> recentLines) {
        Duration wait = backoff.afterEnd(wellFor);
        become(backoff.isLoop() ? InstanceState.CRASH_LOOP : InstanceState.WAITING, OptionalLong.empty());
        String next = "; it starts again in " + Backoff.inWords(wait);
        if (backoff.isLoop()) {
            String lastLines = recentLines.isEmpty()
                    ? "\nIt wrote nothing."
                    : "\nIts last lines:\n    " + String.join("\n    ", recentLines);
            tell(
                    Kind.INSTANCE_EXITED,
                    Level.ERROR,
                    what + ", " + backoff.failures() + " times in a row now" + next + lastLines);
        } else {
            tell(Kind.INSTANCE_EXITED, Level.WARNING, what + next);
        }
        return wait;
    }

    private void stop(RunningProcess process, Optional<Upstream> upstream) throws InterruptedException {
        become(InstanceState.STOPPING, OptionalLong.of(process.pid()));
        if (upstream.isPresent()) {
            upstream.get().remove();
            Duration limit = stopLimit.compareTo(IDLE_LIMIT) < 0 ? stopLimit : IDLE_LIMIT;
            await(() -> upstream.get().inFlight() == 0 || killAsked.isDone(), limit);
        }
        boolean inTime = !killAsked.isDone() && process.terminate(stopLimit, killAsked::isDone);
        ExitStatus exit = process.end();
        tell(
                Kind.INSTANCE_STOPPED,
                inTime || killAsked.isDone() ? Level.INFO : Level.WARNING,
                name + " stopped: " + exit
                        + (inTime || killAsked.isDone()
                                ? ""
                                : ", killed because it had not stopped " + stopLimit.toSeconds() + " s after SIGTERM"));
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        environment.put("PORT", Integer.toString(status.tcpPort()));
        environment.put("COATCHECK_INSTANCE", name);
        return environment;
    }

    private void nextRestart() {
        InstanceStatus last = status;
        // The same again where it can be, for the sake of whoever talks to an instance directly.
        int tcpPort = TcpPorts.isFree(last.tcpPort()) ? last.tcpPort() : TcpPorts.free();
        int restarts = stopAsked.isDone() ? last.restarts() : last.restarts() + 1;
        status = new InstanceStatus(name, type.name(), last.pid(), tcpPort, last.state(), last.since(), restarts);
    }

    private void become(InstanceState state, OptionalLong pid) {
        status = new InstanceStatus(name, type.name(), pid, status.tcpPort(), state, now(), status.restarts());
    }

    private void tell(Kind kind, Level level, String message) {
        InstanceStatus now = status;
        Map<String, Object> details = new HashMap<>(Map.of(
                "type", now.type(), "port", now.tcpPort(), "state", now.state().label(), "restarts", now.restarts()));
        now.pid().ifPresent(pid -> details.put("pid", pid));
        journal.tell(name, kind, level, message, details);
    }

    private Instant now() {
        return surroundings.clock().instant();
    }

    private static void awaitEither(CompletableFuture<?> one, CompletableFuture<?> other) throws InterruptedException {
        try {
            CompletableFuture.anyOf(one, other).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CompletableFuture<?> future, Duration limit) throws InterruptedException {
        try {
            future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // The limit is what was waited for.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier condition, Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < limit.toNanos()) {
            Thread.sleep(CHECK_PAUSE);
        }
    }
}
