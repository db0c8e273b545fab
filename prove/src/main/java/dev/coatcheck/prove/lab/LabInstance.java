package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.supervision.ExitWords;
import dev.coatcheck.formation.supervision.Readiness;
import dev.coatcheck.formation.supervision.RunningProcess;
import dev.coatcheck.formation.supervision.ShellCommand;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.Signal;
import dev.coatcheck.host.process.Usage;
import dev.coatcheck.host.tcp.Listening;
import dev.coatcheck.prove.isolation.Layer;
import dev.coatcheck.prove.play.ConnectionChoice;
import dev.coatcheck.prove.play.Target;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One process of the application on a disk of its own, from its start to its end, with all that it starts. All methods may
 * be called from any thread.
 */
public final class LabInstance implements Instance, AutoCloseable {
    /** What was written with an answer comes with it, or hardly later. */
    private static final Duration LINES_LIMIT = Duration.ofMillis(200);

    private static final Duration LINES_PAUSE = Duration.ofMillis(20);

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(10);
    private static final Duration SETTLE_PAUSE = Duration.ofMillis(50);
    private static final Duration QUIET = Duration.ofMillis(500);

    /** What who waits, and looks now and then, may use of the processor in that time. */
    private static final Duration HARDLY = Duration.ofMillis(20);

    private final String name;
    private final Layer layer;
    private final NamedPaths named;
    private final RunningProcess process;
    private final Instant startedAt = Instant.now();
    private final long startNanos = System.nanoTime();
    private volatile @Nullable Target target;
    private volatile Duration readyAfter = Duration.ZERO;
    private volatile long servingPid;
    private volatile Optional<Steering> steering = Optional.empty();

    private LabInstance(String name, Layer layer, NamedPaths named, RunningProcess process) {
        this.name = name;
        this.layer = layer;
        this.named = named;
        this.process = process;
        this.servingPid = process.pid();
    }

    static LabInstance start(String name, String command, Layer layer, Path folder, Map<String, String> environment) {
        ProcessBuilder builder =
                layer.builder(List.of("sh", "-c", ShellCommand.inPlaceOfTheShell(command)), folder, environment);
        try {
            Journal nobody = new Journal(InstantSource.system(), _ -> {});
            return new LabInstance(
                    name, layer, NamedPaths.of(command, environment), RunningProcess.start(name, builder, nobody));
        } catch (IOException e) {
            throw new InconclusiveException(name + " could not be started: " + e.getMessage(), e);
        }
    }

    /** As {@code web.1}. */
    @Override
    public String name() {
        return name;
    }

    /** Its disk. */
    public Layer layer() {
        return layer;
    }

    /** The id of the process that was started. */
    public long pid() {
        return process.pid();
    }

    /** The ids of all the processes that belong to it now. Reads the table of processes. */
    public Set<Long> pids() {
        return process.group().pids();
    }

    /**
     * The id of the process that takes the requests: not the one that was started where that is a shell, {@code npm}, or a
     * master that hands its socket on. Of several that do the one that took the last step; of a process that takes none, the
     * one that was started.
     */
    @Override
    public long servingPid() {
        return steering.map(Steering::served)
                .filter(OptionalLong::isPresent)
                .orElse(OptionalLong.of(servingPid))
                .getAsLong();
    }

    /** How many of its processes were seen to take a step, or a connection for one; 1 where it is a single process. */
    @Override
    public int answering() {
        return steering.map(way -> way.seen().size()).orElse(1);
    }

    /**
     * How many may take connections: those that hold a socket which waits for them, but for parents of others that do. Of a
     * parent that forked its only server that is one. Reads the table of processes.
     */
    int takers() {
        Set<Long> pids = pids();
        Map<Integer, Set<Long>> byPort = new HashMap<>();
        Listening.of(pids)
                .forEach(listening -> byPort.computeIfAbsent(listening.address().getPort(), _ -> new HashSet<>())
                        .addAll(listening.pids()));
        return byPort.values().stream()
                .map(Members::of)
                .mapToInt(holders -> (int) holders.pids().stream()
                        .filter(pid -> !holders.hasBelow(pid))
                        .count())
                .max()
                .orElse(0);
    }

    /**
     * Whether two of its processes run the same program and have the same parent, as the workers of a server do that forks
     * several. Reads the table of processes.
     */
    @Override
    public boolean hasTwins() {
        Set<List<Object>> seen = new HashSet<>();
        return pids().stream()
                .map(ProcessHandle::of)
                .flatMap(Optional::stream)
                .filter(each ->
                        each.parent().isPresent() && each.info().command().isPresent())
                .anyMatch(each -> !seen.add(
                        List.of(each.parent().get().pid(), each.info().command().get())));
    }

    /** From now on each step goes to another of its processes than the one before, as far as there are several. */
    @Override
    public void takeTurns() {
        steering.ifPresent(Steering::takeTurns);
    }

    /** What it means, in words, that not all steps came to the process that they were meant for, where that is so. */
    @Override
    public Optional<String> unsteered() {
        return steering.filter(Steering::hasMissed)
                .map(
                        _ -> "several processes of " + name
                                + " answer at its TCP port, and not all steps could be sent to the"
                                + " same one of them; if they keep state each for itself, the application is stateful within one"
                                + " instance already: run it with one of them (WEB_CONCURRENCY=1 is set here) to have that proved");
    }

    /** Whether anything of it lives. Reads the table of processes where the first process has ended. */
    @Override
    public boolean isAlive() {
        return process.group().isAlive() || !process.group().isEmpty();
    }

    /**
     * How it ended, where it has, once all that it wrote was read and what it left behind was killed; one whose first
     * process ended well goes on in those that it left behind.
     */
    Optional<ExitStatus> ended() throws InterruptedException {
        if (process.group().isAlive()) {
            return Optional.empty();
        }
        boolean goesOn = process.onExit().join().isSuccess() && !process.group().isEmpty();
        return goesOn ? Optional.empty() : Optional.of(process.end());
    }

    /** Where it takes requests; empty for one that takes none. */
    @Override
    public Optional<Target> target() {
        return Optional.ofNullable(target);
    }

    /** What there is to tell of its start. */
    Run.Started started() {
        return new Run.Started(name, servingPid(), layer.toString(), startedAt, readyAfter);
    }

    /**
     * Waits until it takes requests.
     *
     * @param port the TCP port that it was told to listen on, or is known to insist on
     * @param ownNetwork whether it has a network of its own, so that it is reached through a relay
     * @throws FixedPortException if it insists on another one
     * @throws InconclusiveException if it ends, or is not ready within the limit
     */
    void awaitReady(int port, boolean ownNetwork, Readiness readiness, Duration limit) throws InterruptedException {
        StartWatch.Ready ready = new StartWatch(this, port, ownNetwork, readiness).await(limit);
        readyAfter = age();
        servingPid = ready.pid();
        steering = ready.several() ? Optional.of(new Steering(this)) : Optional.empty();
        target = new Target(
                name,
                address(ready.address()),
                steering.<ConnectionChoice>map(way -> way).orElse(ConnectionChoice.ANY));
    }

    /** Asks for its readiness once more, whatever it answers. */
    void ask(Readiness readiness) {
        target().map(Target::address)
                .ifPresent(at -> readiness.lacking(new InetSocketAddress(at.getHost(), at.getPort())));
    }

    /**
     * Waits until it has ended well.
     *
     * @throws InconclusiveException if it fails, or does not end within the limit
     */
    void awaitSuccess(Duration limit) throws InterruptedException {
        try {
            ExitStatus exit = process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!exit.isSuccess()) {
                process.end(); // by then all that it wrote was read
                throw new InconclusiveException(name + " " + inWords(exit) + lastLines());
            }
        } catch (TimeoutException e) {
            throw new InconclusiveException(
                    name + " did not end within " + limit.toMinutes() + " minutes" + lastLines(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** How it ended, in words, and what it lacked where that can be told. */
    String inWords(ExitStatus exit) {
        return ExitWords.of(exit) + named.missingIn(layer).orElse("");
    }

    /** Since its start. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /**
     * Waits until it hardly uses the processor, or for ten seconds: a worker tells nobody that it has begun to look for work,
     * and one that is killed before that loses none.
     */
    void awaitSettled() throws InterruptedException {
        Duration since = age();
        Duration used = cpuTime();
        while (isAlive()
                && age().compareTo(SETTLE_LIMIT) < 0
                && (age().minus(since).compareTo(QUIET) < 0 || runs())) {
            Thread.sleep(SETTLE_PAUSE);
            Duration now = cpuTime();
            if (now.minus(used).compareTo(HARDLY) > 0) {
                since = age();
                used = now;
            }
        }
    }

    /** On a busy machine one that would run may get nothing of the processors for a while. */
    private boolean runs() {
        return pids().stream().anyMatch(Threads::anyRuns);
    }

    private Duration cpuTime() {
        return process.group().usage().map(Usage::cpuTime).orElse(Duration.ZERO);
    }

    /** The last of what it wrote, as the end of a message. */
    @Override
    public String lastLines() {
        List<String> lines = process.recentLines();
        return lines.isEmpty() ? "; it wrote nothing" : "; its last lines:\n  " + String.join("\n  ", lines);
    }

    /** The last of what it wrote, line by line. */
    List<String> recentLines() {
        return process.recentLines();
    }

    /** How many lines it has written so far, to standard output and error. */
    @Override
    public long linesWritten() {
        return process.linesWritten();
    }

    /**
     * What it has written since it had written so many lines, as a server does of its own accord when it fails; waits a
     * moment for the first.
     */
    @Override
    public List<String> linesSince(long written) throws InterruptedException {
        for (Duration waited = Duration.ZERO;
                process.linesSince(written).isEmpty() && waited.compareTo(LINES_LIMIT) < 0;
                waited = waited.plus(LINES_PAUSE)) {
            Thread.sleep(LINES_PAUSE);
        }
        return process.linesSince(written);
    }

    /**
     * Kills it with SIGKILL and all that it started.
     *
     * @return whether nothing of it is left
     */
    boolean kill() {
        process.close();
        return process.group().isEmpty();
    }

    /** Asks it to end, once, and kills what is left of it when the limit is over. */
    synchronized void end(Duration limit) throws InterruptedException {
        try {
            if (process.group().signalAll(Signal.TERM)) {
                process.group().awaitEmpty(limit);
            }
        } catch (IOException e) {
            // Then it is killed without having been asked.
        } finally {
            process.close();
        }
    }

    /**
     * Sends a signal to all its processes, as the runner does, and does not wait.
     *
     * @return whether all could be signalled
     */
    public boolean signal(Signal signal) throws IOException {
        return process.group().signalAll(signal);
    }

    /**
     * Asks it to end as a platform does, and waits.
     *
     * @return how long it took until nothing of it was left; empty where something still is at the limit
     */
    public Optional<Duration> terminate(Signal signal, Duration limit) throws InterruptedException {
        long asked = System.nanoTime();
        return process.terminate(signal, limit, () -> false)
                ? Optional.of(Duration.ofNanos(System.nanoTime() - asked))
                : Optional.empty();
    }

    @Override
    public void close() {
        process.close();
    }

    private static URI address(InetSocketAddress place) {
        String host = place.getAddress() instanceof Inet6Address six
                ? "[" + six.getHostAddress().replaceFirst("%.*", "") + "]"
                : place.getAddress().getHostAddress();
        return URI.create("http://" + host + ":" + place.getPort());
    }
}
