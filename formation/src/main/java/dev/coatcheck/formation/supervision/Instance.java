package dev.coatcheck.formation.supervision;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.StopPolicy;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.router.Upstream;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
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
import java.util.random.RandomGenerator;

/**
 * One running copy of a process type, kept running until it is stopped: its process is started, gated, put into the
 * router's rotation, taken out the moment it exits, and started again after a wait. A thread of its own goes through this
 * in a loop; all methods may be called from any thread.
 */
public final class Instance {
    private static final Duration IDLE_PAUSE = Duration.ofMillis(20);

    /** How long a process that gets no requests has to run until one may think that it came up. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    /**
     * Where and with what instances run; the same for all of a release.
     *
     * @param release its number
     * @param folder the one that they are started in
     * @param startLimit how long an instance may take until it is ready
     * @param stopLimit how long it may take to end when it was asked to, where its process type says nothing else
     */
    public record Surroundings(
            int release,
            Path folder,
            Map<String, String> environment,
            Journal journal,
            InstantSource clock,
            Duration startLimit,
            Duration stopLimit) {
        public Surroundings {
            environment = Map.copyOf(environment);
        }
    }

    /** What hands requests to an instance, and what decides when. */
    public record Intake(Router router, Readiness readiness) {}

    private final String name;
    private final ProcessType type;
    private final int number;
    private final Surroundings surroundings;
    private final Optional<Intake> intake;
    private final Journal journal;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final CompletableFuture<Void> stopAsked = new CompletableFuture<>();
    private final CompletableFuture<Void> killAsked = new CompletableFuture<>();
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final CompletableFuture<Optional<String>> trial = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final StopPolicy stopPolicy;
    private final Duration stopLimit;
    private final Thread thread;

    /** Written by the instance's thread alone. */
    private volatile InstanceStatus status;

    /** Where its process was found ready; for the instance's thread alone. */
    private Optional<InetSocketAddress> address = Optional.empty();

    private volatile Optional<ProcessGroup> group = Optional.empty();

    private volatile Duration drainLimit = Duration.ZERO;

    private volatile boolean onTrial;

    /**
     * Prepares an instance; {@link #start} or {@link #startOnTrial} starts it.
     *
     * @param number counted from 1 within the type
     * @param intake empty for a process type that gets no requests
     */
    public Instance(
            ProcessType type, int number, StopPolicy stopPolicy, Surroundings surroundings, Optional<Intake> intake) {
        this.name = type.name() + "." + number;
        this.type = type;
        this.number = number;
        this.stopPolicy = stopPolicy;
        this.stopLimit = stopPolicy.limit().orElse(surroundings.stopLimit());
        this.surroundings = surroundings;
        this.intake = intake;
        this.journal = surroundings.journal();
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
        this.status = new InstanceStatus(
                name,
                type.name(),
                OptionalLong.empty(),
                TcpPorts.free(),
                Optional.empty(),
                InstanceState.STARTING,
                now(),
                0,
                surroundings.release());
    }

    /** Starts it; should it end, it is started again and again. */
    public void start() {
        thread.start();
    }

    /**
     * Starts it, and starts it again only once it has proved itself.
     *
     * @return completes empty when it is ready (of a type that gets no requests: when it has run for a second), or with
     *     what was wrong; then it has ended
     */
    public CompletableFuture<Optional<String>> startOnTrial() {
        onTrial = true;
        thread.start();
        return trial.copy();
    }

    public ProcessType type() {
        return type;
    }

    /** Its processes, while it has any. */
    public Optional<ProcessGroup> group() {
        return group;
    }

    /** Counted from 1 within the type. */
    public int number() {
        return number;
    }

    /** The number of the release that it runs. */
    public int release() {
        return surroundings.release();
    }

    public InstanceStatus status() {
        return status;
    }

    /** Completes when it is ready for the first time. */
    public CompletableFuture<Void> firstReady() {
        return firstReady.copy();
    }

    /**
     * Asks it to stop: out of rotation, no more requests in flight, the stop signal to its group, SIGKILL to what is left
     * at the limit. Does not wait.
     *
     * @param limit for requests in flight, before the signal: a stream that never ends must not keep it from being sent
     */
    public void stop(Duration limit) {
        drainLimit = limit;
        stopAsked.complete(null);
    }

    /** Ends it at once, also while it is stopping. Does not wait. */
    public void kill() {
        killAsked.complete(null);
        stopAsked.complete(null);
    }

    /** Whether it was asked to stop, or failed on trial: it does not start again. */
    public boolean isLeaving() {
        return stopAsked.isDone();
    }

    /** Completes when nothing of it runs any more. Only of use once it was started. */
    public CompletableFuture<Void> onStopped() {
        return stopped.copy();
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
            stopAsked.complete(null);
            become(InstanceState.STOPPED, OptionalLong.empty());
            trial.complete(Optional.of(name + " was stopped"));
            stopped.complete(null);
        }
    }

    /** One process from start to end; how long to wait before the next, or empty when there is to be none. */
    private Optional<Duration> runOnce() throws InterruptedException {
        try (RunningProcess process =
                RunningProcess.start(name, type.command(), surroundings.folder(), environment(), journal)) {
            group = Optional.of(process.group());
            address = Optional.empty();
            become(InstanceState.STARTING, OptionalLong.of(process.pid()));
            tell(
                    Kind.INSTANCE_STARTED,
                    Level.INFO,
                    name + " started (process " + process.pid() + ", TCP port " + status.tcpPort() + ")");
            return supervise(process);
        } catch (IOException | RuntimeException e) {
            // Of the second kind is a machine that is out of file descriptors while processes are looked at.
            return afterEnd(Duration.ZERO, name + " could not be run: " + e.getMessage(), List.of());
        }
    }

    private Optional<Duration> supervise(RunningProcess process) throws InterruptedException {
        Optional<String> lacking = awaitReady(process);
        if (lacking.isPresent()) {
            String what =
                    name + " was not ready within " + surroundings.startLimit().toSeconds() + " s: " + lacking.get();
            tell(Kind.INSTANCE_NOT_READY, Level.ERROR, what + "; it is ended");
            process.end();
            return afterEnd(Duration.ZERO, onTrial ? what : name + " did not become ready", process.recentLines());
        }
        Instant readyAt = now();
        boolean wasReady = !process.onExit().isDone() && !stopAsked.isDone();
        Optional<Upstream> upstream = wasReady ? admit(process) : Optional.empty();
        if (wasReady) {
            prove(process);
        }
        awaitEither(process.onExit(), stopAsked);
        if (stopAsked.isDone()) {
            stop(process, upstream);
            return Optional.empty();
        }
        upstream.ifPresent(Upstream::remove);
        boolean inBackground = !process.group().isEmpty();
        ExitStatus exit = process.end();
        Duration wellFor = wasReady ? Duration.between(readyAt, now()) : Duration.ZERO;
        String what = name + " (process " + process.pid() + ") "
                + (wasReady ? "" : "ended before it was ready: ")
                + ExitWords.unasked(exit, inBackground);
        return afterEnd(wellFor, what, process.recentLines());
    }

    /** Ready for requests proves it; of what gets none, all that can be seen is that it does not end at once. */
    private void prove(RunningProcess process) throws InterruptedException {
        if (intake.isEmpty() && onTrial) {
            await(CompletableFuture.anyOf(process.onExit(), stopAsked), SETTLED);
            if (process.onExit().isDone() || stopAsked.isDone()) {
                return;
            }
        }
        onTrial = false;
        trial.complete(Optional.empty());
    }

    /** What is lacking when the time is over, or empty when it is ready, has exited, or is to stop. */
    private Optional<String> awaitReady(RunningProcess process) throws InterruptedException {
        if (intake.isEmpty()) {
            return Optional.empty();
        }
        CompletableFuture<ExitStatus> exit = process.onExit();
        Gate gate = new Gate(intake.get().readiness(), status.tcpPort(), process.group(), surroundings.startLimit());
        Optional<Readiness.Look> last = gate.await(
                () -> exit.isDone() || stopAsked.isDone(),
                lacking -> tell(Kind.NOTE, Level.WARNING, name + " is not ready " + lacking));
        return last.flatMap(look -> switch (look) {
            case Readiness.Look.Ready ready -> {
                address = Optional.of(ready.address());
                yield Optional.empty();
            }
            case Readiness.Look.Lacking lacking -> Optional.of(lacking.what());
        });
    }

    private Optional<Upstream> admit(RunningProcess process) {
        Optional<Upstream> upstream =
                intake.flatMap(it -> address.map(at -> it.router().add(name, at)));
        // Not by way of this instance's thread: the next request must not meet a process that is gone.
        var _ = process.onExit().thenRun(() -> upstream.ifPresent(Upstream::remove));
        become(InstanceState.READY, OptionalLong.of(process.pid()));
        if (intake.isPresent()) {
            tell(Kind.INSTANCE_READY, Level.INFO, name + " is ready");
        }
        firstReady.complete(null);
        return upstream;
    }

    /** How long to wait before it starts again; empty where it does not, because it was on trial. */
    private Optional<Duration> afterEnd(Duration wellFor, String what, List<String> recentLines) {
        if (onTrial) {
            become(InstanceState.STOPPED, OptionalLong.empty());
            tell(Kind.INSTANCE_EXITED, Level.ERROR, what + lastLines(recentLines));
            stopAsked.complete(null);
            trial.complete(Optional.of(what));
            return Optional.empty();
        }
        boolean served = intake.isPresent() && !wellFor.isZero();
        Duration wait = served ? backoff.afterService(wellFor) : backoff.afterEnd(wellFor);
        become(backoff.isLoop() ? InstanceState.CRASH_LOOP : InstanceState.WAITING, OptionalLong.empty());
        String next = "; it starts again in " + Backoff.inWords(wait);
        if (backoff.isLoop()) {
            tell(
                    Kind.INSTANCE_EXITED,
                    Level.ERROR,
                    what + ", " + backoff.failures() + " times in a row now" + next + lastLines(recentLines));
        } else {
            tell(Kind.INSTANCE_EXITED, Level.WARNING, what + next);
        }
        return Optional.of(wait);
    }

    private static String lastLines(List<String> recentLines) {
        return recentLines.isEmpty()
                ? "\nIt wrote nothing."
                : "\nIts last lines:\n    " + String.join("\n    ", recentLines);
    }

    private void stop(RunningProcess process, Optional<Upstream> upstream) throws InterruptedException {
        become(InstanceState.STOPPING, OptionalLong.of(process.pid()));
        if (upstream.isPresent()) {
            upstream.get().remove();
            awaitIdle(upstream.get());
        }
        boolean inTime = !killAsked.isDone() && process.terminate(stopPolicy.signal(), stopLimit, killAsked::isDone);
        ExitStatus exit = process.end();
        tell(
                Kind.INSTANCE_STOPPED,
                inTime || killAsked.isDone() ? Level.INFO : Level.WARNING,
                name + " stopped: " + exit
                        + (inTime || killAsked.isDone()
                                ? ""
                                : ", killed because it had not stopped " + stopLimit.toSeconds() + " s after SIG"
                                        + stopPolicy.signal()));
    }

    /** The limit may become shorter meanwhile, when a formation stops in the middle of a replacement. */
    private void awaitIdle(Upstream upstream) throws InterruptedException {
        long start = System.nanoTime();
        while (upstream.inFlight() > 0 && !killAsked.isDone() && System.nanoTime() - start < drainLimit.toNanos()) {
            Thread.sleep(IDLE_PAUSE);
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        environment.put("PORT", Integer.toString(status.tcpPort()));
        environment.put("COATCHECK_INSTANCE", name);
        return environment;
    }

    private void nextRestart() {
        InstanceStatus last = status;
        // The same again where it can be, for the sake of whoever talks to an instance directly; not where it has just
        // come to nothing there, as for who cannot listen while connections of the one before still fade away.
        boolean servedThere = intake.isEmpty() || address.isPresent();
        int tcpPort = servedThere && TcpPorts.isFree(last.tcpPort()) ? last.tcpPort() : TcpPorts.free();
        int restarts = stopAsked.isDone() ? last.restarts() : last.restarts() + 1;
        status = new InstanceStatus(
                name,
                type.name(),
                last.pid(),
                tcpPort,
                Optional.empty(),
                last.state(),
                last.since(),
                restarts,
                last.release());
    }

    private void become(InstanceState state, OptionalLong pid) {
        InstanceStatus last = status;
        status = new InstanceStatus(
                name,
                type.name(),
                pid,
                last.tcpPort(),
                pid.isPresent() ? address : Optional.empty(),
                state,
                now(),
                last.restarts(),
                last.release());
    }

    private void tell(Kind kind, Level level, String message) {
        InstanceStatus now = status;
        Map<String, Object> details = new HashMap<>(Map.of(
                "type", now.type(),
                "port", now.tcpPort(),
                "state", now.state().label(),
                "restarts", now.restarts(),
                "release", now.release()));
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
}
