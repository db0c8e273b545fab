package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.supervision.Readiness;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.prove.isolation.Layer;
import dev.coatcheck.prove.isolation.LayerSettings;
import dev.coatcheck.prove.isolation.Network;
import dev.coatcheck.prove.location.NodeHeapSearch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Knows how a process of the application is started: command, environment, disk. Safe for use by several threads. */
final class Workshop {
    /** What ends by itself may take its time: migrations. */
    private static final Duration RUN_LIMIT = Duration.ofMinutes(10);

    private final LabSettings settings;
    private final Application application;
    private final Map<String, String> environment;
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private volatile OptionalInt fixedPort = OptionalInt.empty();

    /** In words, how it does not do with the TCP port that it is told. */
    private volatile Optional<String> insistence = Optional.empty();

    /** Whether it is known on which TCP port the application listens: the one that it is told to, or one that it insists on. */
    private volatile boolean portDecided;

    /** @param attached the variables of backing services and secrets */
    Workshop(LabSettings settings, Map<String, String> attached) {
        this.settings = settings;
        this.application = settings.application();
        this.environment = new HashMap<>(application.environment());
        this.environment.putAll(attached);
        // Servers that fork ask this how often: one process is to be one process, whose state is not split within
        // itself.
        this.environment.putIfAbsent("WEB_CONCURRENCY", "1");
        NodeHeapSearch.prepare(this.environment);
    }

    /**
     * From now on each instance gets a network of its own, in which the TCP port that it insists on is free.
     *
     * @throws InconclusiveException if this machine gives none
     */
    void giveOwnNetworks(FixedPortException insisting) {
        if (!canGiveOwnNetworks()) {
            throw new InconclusiveException(insisting.getMessage()
                    + "; so there cannot be two of it, as this machine gives it no network of its own"
                    + " (coatcheck doctor tells why); let it listen on PORT alone");
        }
        insistence = Optional.ofNullable(insisting.getMessage());
        fixedPort = OptionalInt.of(insisting.insteadOfPort().orElseGet(TcpPorts::free));
        // One that never listened may still turn out to do so in place of PORT.
        if (insisting.insteadOfPort().isPresent()) {
            portDecided = true;
        }
    }

    boolean canGiveOwnNetworks() {
        return settings.isolation().hasOwnNetworks();
    }

    boolean givesOwnNetworks() {
        return fixedPort.isPresent();
    }

    Optional<String> insistence() {
        return insistence;
    }

    /** Keeps what the user should know of, and what no run can tell. */
    void note(String note) {
        notes.add(note);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    Layer newLayer(String hostname) {
        LayerSettings layer = layerSettings(hostname);
        return newLayer(
                fixedPort.isPresent() ? layer.withNetwork(new Network.Own(reachable(fixedPort.getAsInt()))) : layer);
    }

    /** The same disk, for one more process. */
    Layer beside(Layer disk) {
        try {
            return disk.beside();
        } catch (IOException e) {
            throw new InconclusiveException(
                    "no network of its own could be made for a second process on one disk: " + e.getMessage(), e);
        }
    }

    private LayerSettings layerSettings(String hostname) {
        return LayerSettings.of(hostname.replaceAll("[^A-Za-z0-9]+", "-"), application.folder());
    }

    private Layer newLayer(LayerSettings layer) {
        try {
            return settings.isolation().newLayer(layer);
        } catch (IOException e) {
            throw new InconclusiveException("no disk could be made for an instance: " + e.getMessage(), e);
        }
    }

    /** All that the environment names, but for the application itself: a variable may tell it its own address. */
    private List<InetSocketAddress> reachable(int own) {
        return reachable(environment, own);
    }

    private static List<InetSocketAddress> reachable(Map<String, String> environment, int own) {
        return AttachedServices.onLoopback(environment).stream()
                .filter(server -> server.getPort() != own)
                .toList();
    }

    List<ProcessType> workerTypes() {
        return application.types().stream()
                .filter(type -> !type.name().equals(ProcessType.WEB) && application.quantity(type.name()) > 0)
                .toList();
    }

    /**
     * Starts a web process and waits until it is ready.
     *
     * @param started is told of it as soon as it runs, whatever becomes of it then
     * @throws FixedPortException if it insists on another TCP port than {@code PORT}, the first time alone
     * @throws InconclusiveException if it does not become ready
     */
    LabInstance startWeb(String name, Layer layer, Consumer<LabInstance> started) throws InterruptedException {
        int port = fixedPort.orElseGet(TcpPorts::free);
        Map<String, String> own = environment(name);
        own.put("PORT", Integer.toString(port));
        LabInstance instance = LabInstance.start(name, web().command(), layer, application.folder(), own);
        started.accept(instance);
        try {
            instance.awaitReady(
                    port, fixedPort.isPresent(), new Readiness(application.readinessPath()), settings.startLimit());
            portDecided = true;
            return instance;
        } catch (FixedPortException e) {
            instance.close();
            if (portDecided) {
                throw new InconclusiveException(
                        e.getMessage()
                                + "; the one before it listened on another, so that nobody can tell where the next"
                                + " will: let it listen on PORT",
                        e);
            }
            throw e;
        } catch (InconclusiveException e) {
            instance.close();
            throw e;
        }
    }

    /** Why it cannot be tried what a start that lacks a variable comes to; empty where it can. */
    Optional<String> whyNotLacking() {
        if (!canGiveOwnNetworks()) {
            return Optional.of(
                    "this machine gives no network of its own to a process that may look for a backing service"
                            + " anywhere");
        }
        return AttachedServices.areIn(application.environment())
                ? Optional.of(
                        "a backing service is attached, and a process that lacks a variable may take another database of it"
                                + " for its own; let the prover start the services (--with)")
                : Optional.empty();
    }

    /**
     * Starts a web process that lacks some variables, to see what becomes of it. It reaches nothing but servers that were
     * started here: where a program falls back on a usual address, or on a socket that is a file, somebody else's database may
     * answer.
     */
    Lacking startLacking(Set<String> names, Duration limit) throws InterruptedException {
        Map<String, String> own = environment("web.1");
        own.keySet().removeAll(names);
        int port = fixedPort.orElseGet(TcpPorts::free);
        own.put("PORT", Integer.toString(port));
        Layer layer = newLayer(
                layerSettings("web-1").withoutLocalSockets().withNetwork(new Network.Own(reachable(own, port))));
        try (LabInstance instance =
                LabInstance.start("web.1", web().command(), hidingDotEnv(layer), application.folder(), own)) {
            return becomes(instance, port, limit);
        } finally {
            discard(layer);
        }
    }

    private Lacking becomes(LabInstance instance, int port, Duration limit) throws InterruptedException {
        try {
            instance.awaitReady(port, true, new Readiness(application.readinessPath()), limit);
            return new Lacking.CameUp();
        } catch (FixedPortException e) {
            return new Lacking.CameUp();
        } catch (InconclusiveException e) {
            return instance.isAlive() ? new Lacking.NeitherNor() : new Lacking.Ended(instance.recentLines());
        }
    }

    /** Many a program reads that file by itself. */
    private Layer hidingDotEnv(Layer layer) {
        try {
            Files.deleteIfExists(layer.outside(application.folder().resolve(".env")));
        } catch (IOException e) {
            throw new InconclusiveException(
                    "the file .env, which the program may read by itself, could not be taken away: " + e.getMessage(),
                    e);
        }
        return layer;
    }

    void age(LabInstance instance, Duration age, int requests) throws InterruptedException {
        Readiness readiness = new Readiness(application.readinessPath());
        for (int i = 0; i < requests; i++) {
            instance.ask(readiness);
        }
        // Nothing is waited for but time itself.
        Thread.sleep(age);
    }

    private ProcessType web() {
        return application.types().stream()
                .filter(type -> type.name().equals(ProcessType.WEB))
                .findFirst()
                .orElseThrow(
                        () -> new InconclusiveException(
                                "the application has no process type 'web', which is the"
                                        + " one that requests are sent to; name it so in the Procfile, or give its command with --web"));
    }

    LabInstance startWorker(ProcessType type, String name, Layer layer) {
        return LabInstance.start(name, type.command(), layer, application.folder(), environment(name));
    }

    /** Runs the process type {@code release}, where there is one. */
    void release() throws InterruptedException {
        Optional<ProcessType> release = application.release();
        if (release.isPresent()) {
            run("release", release.get().command());
        }
    }

    /** Runs a command to its end, on a disk that is thrown away. */
    void run(String what, String command) throws InterruptedException {
        String name = what + ".1";
        Layer layer = newLayer(what + "-1");
        try (LabInstance process = LabInstance.start(name, command, layer, application.folder(), environment(name))) {
            process.awaitSuccess(RUN_LIMIT);
        } finally {
            discard(layer);
        }
    }

    /** Closes the disk of processes that have ended. That it cannot be deleted is no reason to give up a proof. */
    void discard(Layer layer) {
        try {
            layer.close();
        } catch (IOException | RuntimeException e) {
            note("what was on the disk of " + layer + " could not be deleted: " + e.getMessage());
        }
    }

    private Map<String, String> environment(String name) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("COATCHECK_INSTANCE", name);
        return own;
    }
}
