package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.supervision.Readiness;
import dev.coatcheck.formation.supervision.RunningProcess;
import dev.coatcheck.formation.supervision.ShellCommand;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.Signal;
import dev.coatcheck.prove.isolation.Layer;
import dev.coatcheck.prove.play.Target;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One process of the application on a disk of its own, from its start to its end, with all that it starts. All methods may
 * be called from any thread.
 */
public final class LabInstance implements AutoCloseable {
    private static final Duration SHORT_PAUSE = Duration.ofMillis(20);
    private static final Duration LONG_PAUSE = Duration.ofMillis(100);

    /** How long one may listen elsewhere, as a debugger's port does, before {@code PORT} is taken to be ignored. */
    private static final Duration ELSEWHERE_LIMIT = Duration.ofSeconds(3);

    private final String name;
    private final Layer layer;
    private final RunningProcess process;
    private final Instant startedAt = Instant.now();
    private final long startNanos = System.nanoTime();
    private volatile @Nullable Target target;
    private volatile Duration readyAfter = Duration.ZERO;

    private LabInstance(String name, Layer layer, RunningProcess process) {
        this.name = name;
        this.layer = layer;
        this.process = process;
    }

    static LabInstance start(String name, String command, Layer layer, Path folder, Map<String, String> environment) {
        ProcessBuilder builder =
                layer.builder(List.of("sh", "-c", ShellCommand.inPlaceOfTheShell(command)), folder, environment);
        try {
            Journal nobody = new Journal(InstantSource.system(), _ -> {});
            return new LabInstance(name, layer, RunningProcess.start(name, builder, nobody));
        } catch (IOException e) {
            throw new InconclusiveException(name + " could not be started: " + e.getMessage(), e);
        }
    }

    /** As {@code web.1}. */
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

    private List<InetSocketAddress> places(int port, boolean ownNetwork, List<Listening> all) {
        if (ownNetwork) {
            try {
                return List.of(layer.reach(port));
            } catch (IOException e) {
                throw new InconclusiveException(
                        name + " cannot be reached in a network of its own: " + e.getMessage(), e);
            }
        }
        List<InetSocketAddress> places = all.stream()
                .filter(listening -> listening.address().getPort() == port)
                .flatMap(listening -> listening.reachableAt().stream())
                .toList();
        // Whoever starts a container is not the one who listens.
        return places.isEmpty() ? Listening.onLoopback(port) : places;
    }

    /** How many processes wait for connections at its TCP port, the parent that forked them left out. */
    public int forkedServers() {
        return Listening.of(pids()).stream()
                .mapToInt(listening -> listening.pids().size() - 1)
                .max()
                .orElse(0);
    }

    /** Whether its first process lives. */
    public boolean isAlive() {
        return process.group().isAlive();
    }

    /** Where it takes requests; empty for one that takes none. */
    public Optional<Target> target() {
        return Optional.ofNullable(target);
    }

    /** What there is to tell of its start. */
    Run.Started started() {
        return new Run.Started(name, pid(), layer.toString(), startedAt, readyAfter);
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
        String lacking = "nothing was looked for";
        long elsewhereSince = 0;
        while (true) {
            List<Listening> all = Listening.of(pids());
            List<InetSocketAddress> places = places(port, ownNetwork, all);
            for (InetSocketAddress place : places) {
                Optional<String> missing = readiness.lacking(place);
                if (missing.isEmpty()) {
                    readyAfter = age();
                    target = new Target(name, address(place));
                    return;
                }
                lacking = missing.get();
            }
            if (!isAlive()) {
                throw new InconclusiveException(
                        name + " ended before it was ready: " + process.onExit().join() + lastLines());
            }
            boolean elsewhere = !all.isEmpty()
                    && all.stream().noneMatch(listening -> listening.address().getPort() == port);
            if (elsewhere && elsewhereSince == 0) {
                elsewhereSince = System.nanoTime();
            }
            if (elsewhere && System.nanoTime() - elsewhereSince > ELSEWHERE_LIMIT.toNanos()) {
                throw new FixedPortException(
                        name,
                        all.stream()
                                .map(listening -> listening.address().getPort())
                                .toList());
            }
            Duration waited = age();
            if (waited.compareTo(limit) > 0) {
                throw new InconclusiveException(name + " was not ready within " + limit.toSeconds() + " s: " + lacking
                        + "; --start-timeout gives it longer, --ready names the path to ask" + lastLines());
            }
            Thread.sleep(waited.toSeconds() < 2 ? SHORT_PAUSE : LONG_PAUSE);
        }
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
                throw new InconclusiveException(name + " " + exit + lastLines());
            }
        } catch (TimeoutException e) {
            throw new InconclusiveException(
                    name + " did not end within " + limit.toMinutes() + " minutes" + lastLines(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** The last of what it wrote, as the end of a message. */
    public String lastLines() {
        List<String> lines = process.recentLines();
        return lines.isEmpty() ? "; it wrote nothing" : "; its last lines:\n  " + String.join("\n  ", lines);
    }

    /**
     * Kills it with SIGKILL and all that it started.
     *
     * @return whether nothing of it is left
     */
    boolean kill() {
        try {
            process.group().signalAll(Signal.KILL);
        } catch (IOException e) {
            // Then closing does it alone.
        }
        process.close();
        return process.group().isEmpty();
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
