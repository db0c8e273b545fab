package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.supervision.Readiness;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.tcp.Listening;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Waits until a process that was started takes requests, and finds out where and which of its processes does. One use. */
final class StartWatch {
    private static final Duration SHORT_PAUSE = Duration.ofMillis(20);
    private static final Duration LONG_PAUSE = Duration.ofMillis(100);

    /** Looking where it listens takes some milliseconds of all processors together; asking at PORT takes none. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** How long one may answer elsewhere, as a server of metrics does, before {@code PORT} is taken to be ignored. */
    private static final Duration ELSEWHERE_LIMIT = Duration.ofSeconds(5);

    /** A socket may be handed on just while it is looked for. */
    private static final int LOOKS_FOR_HOLDER = 3;

    private static final boolean HAS_PROC = Files.isReadable(Path.of("/proc/self/net/tcp"));

    private final LabInstance instance;
    private final int port;
    private final boolean ownNetwork;
    private final Readiness readiness;
    private final Set<InetSocketAddress> places = new LinkedHashSet<>();
    private final Set<Integer> portsSeen = new TreeSet<>();
    private Duration nextLook = LOOK_EVERY;
    private Optional<Duration> elsewhereSince = Optional.empty();
    private String lacking = "nothing was asked for";

    /**
     * Where requests are taken.
     *
     * @param pid the process that does; of several that share the socket the first
     * @param several whether the instance has others that may take some of them, and that can be looked at
     */
    record Ready(InetSocketAddress address, long pid, boolean several) {}

    /**
     * @param port the TCP port that it was told to listen on, or is known to insist on
     * @param ownNetwork whether it has a network of its own, so that it is reached through a relay
     */
    StartWatch(LabInstance instance, int port, boolean ownNetwork, Readiness readiness) {
        this.instance = instance;
        this.port = port;
        this.ownNetwork = ownNetwork;
        this.readiness = readiness;
        this.places.addAll(ownNetwork ? List.of(relayed(port)) : Listening.onLoopback(port));
    }

    private InetSocketAddress relayed(int there) {
        try {
            return instance.layer().reach(there);
        } catch (IOException e) {
            throw new InconclusiveException(
                    instance.name() + " cannot be reached in a network of its own: " + e.getMessage(), e);
        }
    }

    /**
     * @throws FixedPortException if it insists on another TCP port
     * @throws StrangerException if another program answers
     * @throws InconclusiveException if it ends, or is not ready within the limit
     */
    Ready await(Duration limit) throws InterruptedException {
        while (true) {
            for (InetSocketAddress place : places) {
                Optional<String> missing = readiness.lacking(place);
                if (missing.isEmpty()) {
                    return ready(place);
                }
                lacking = missing.get();
            }
            checkRunning();
            Duration waited = instance.age();
            if (waited.compareTo(nextLook) > 0) {
                look(waited);
                nextLook = instance.age().plus(LOOK_EVERY);
            }
            if (waited.compareTo(limit) > 0) {
                throw new InconclusiveException(instance.name() + " was not ready within " + limit.toSeconds() + " s: "
                        + lacking + seen() + "; --start-timeout gives it longer, --ready names the path to ask"
                        + instance.lastLines());
            }
            Thread.sleep(waited.toSeconds() < 2 ? SHORT_PAUSE : LONG_PAUSE);
        }
    }

    private void checkRunning() throws InterruptedException {
        Optional<ExitStatus> end = instance.ended();
        if (end.isPresent()) {
            throw new InconclusiveException(instance.name() + " ended before it was ready: "
                    + instance.inWords(end.get()) + instance.lastLines());
        }
    }

    private String seen() {
        return portsSeen.isEmpty()
                ? ""
                : "; it listens on TCP " + (portsSeen.size() == 1 ? "port " : "ports ") + portsSeen;
    }

    /** It may listen at another address than loopback, or at another TCP port. */
    private void look(Duration now) {
        List<Listening> all = Listening.of(instance.pids());
        portsSeen.clear();
        all.forEach(listening -> portsSeen.add(listening.address().getPort()));
        if (portsSeen.contains(port)) {
            elsewhereSince = Optional.empty();
            all.stream()
                    .filter(listening -> !ownNetwork && listening.address().getPort() == port)
                    .forEach(listening -> places.addAll(listening.reachableAt()));
        } else if (!portsSeen.isEmpty() && elsewhereSince.isEmpty()) {
            elsewhereSince = Optional.of(now);
        } else if (elsewhereSince.isPresent() && now.minus(elsewhereSince.get()).compareTo(ELSEWHERE_LIMIT) > 0) {
            insist(answering(all));
        }
    }

    /** A debugger, or whoever else listens there, does not answer as an application that is ready. */
    private List<Integer> answering(List<Listening> all) {
        Set<Integer> answering = new TreeSet<>();
        for (Listening listening : all) {
            int other = listening.address().getPort();
            List<InetSocketAddress> there = ownNetwork ? List.of(relayed(other)) : listening.reachableAt();
            if (there.stream().anyMatch(place -> readiness.lacking(place).isEmpty())) {
                answering.add(other);
            }
        }
        return new ArrayList<>(answering);
    }

    private void insist(List<Integer> answering) {
        if (answering.size() == 1) {
            throw new FixedPortException(instance.name(), answering);
        }
        if (answering.size() > 1) {
            throw new InconclusiveException(instance.name()
                    + " does not listen on the TCP port in its variable PORT, and"
                    + " answers on several others, " + answering + "; --ready with a path that only one of them answers"
                    + " tells which is meant");
        }
    }

    private Ready ready(InetSocketAddress place) throws InterruptedException {
        if (!HAS_PROC) {
            return new Ready(place, instance.pid(), false);
        }
        for (int look = 1; true; look++) {
            Set<Long> pids = instance.pids();
            Optional<Long> holder = Listening.of(pids).stream()
                    .filter(listening -> listening.address().getPort() == port)
                    .flatMap(listening -> listening.pids().stream())
                    .findFirst();
            // What is reached through a relay is in the network of the instance, and so is nobody else's.
            if (holder.isPresent() || ownNetwork || !Listening.canBeSeen(pids)) {
                return new Ready(place, holder.orElse(instance.pid()), holder.isPresent() && pids.size() > 1);
            }
            checkRunning();
            if (look == LOOKS_FOR_HOLDER) {
                throw new StrangerException(instance.name(), port);
            }
            Thread.sleep(LONG_PAUSE);
        }
    }
}
