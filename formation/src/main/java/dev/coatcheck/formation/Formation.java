package dev.coatcheck.formation;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.control.ControlServer;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.router.RouterSettings;
import dev.coatcheck.formation.supervision.Instance;
import dev.coatcheck.formation.supervision.InstanceStatus;
import dev.coatcheck.formation.supervision.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An application that runs: its backing services, its instances, and the router in front of them.
 *
 * <pre>{@code
 * Application application = Application.read(folder, ApplicationOptions.of(System.getenv()));
 * try (Formation formation = Formation.of(application, FormationSettings.defaults(), events)) {
 *     formation.start();
 *     formation.awaitStopped();
 * }
 * }</pre>
 *
 * <p>One formation at a time runs in a folder. Nothing of it outlives this JVM. Safe for use by several threads:
 * {@link #stop} and {@link #kill} may be called at any time, also while another thread is in {@link #start}.
 */
public final class Formation implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Application application;
    private final FormationSettings settings;
    private final Consumer<Event> receiver;
    private final InstantSource clock = InstantSource.system();
    private final Journal journal;

    /** Held while things are started and while they are stopped, so that neither meets the other half-way. */
    private final ReentrantLock changing = new ReentrantLock();

    private final List<Instance> instances = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<Void> killAsked = new CompletableFuture<>();
    private volatile CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile boolean stopAsked;
    private volatile @Nullable ReleaseRun release;
    private volatile @Nullable Router router;
    private @Nullable Workspace workspace;
    private @Nullable ControlServer control;
    private @Nullable BackingServices services;

    private Formation(Application application, FormationSettings settings, Consumer<Event> receiver) {
        this.application = application;
        this.settings = settings;
        this.receiver = receiver;
        this.journal = new Journal(clock, receiver);
    }

    /**
     * A formation that {@link #start} starts.
     *
     * @param receiver gets every event, from many threads, and must return at once
     */
    public static Formation of(Application application, FormationSettings settings, Consumer<Event> receiver) {
        return new Formation(application, settings, receiver);
    }

    /**
     * Starts the backing services, runs the release to its end, and starts the instances; returns without waiting until
     * they are ready. When it throws, nothing is left running.
     *
     * @throws FormationException if another formation runs in this folder, the router's TCP port is taken, a service does
     *     not start, the release fails, or the formation was stopped meanwhile
     */
    public void start() {
        changing.lock();
        try {
            startInOrder();
        } catch (IOException e) {
            throw new FormationException("cannot run in " + application.folder() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormationException("interrupted while starting", e);
        } catch (FormationException e) {
            throw stopAsked ? new FormationException("stopped before everything was started", e) : e;
        } finally {
            if (instances.isEmpty()) {
                stopInOrder();
            }
            changing.unlock();
        }
    }

    /** The instances as they are now. */
    public List<InstanceStatus> instances() {
        return instances.stream().map(Instance::status).toList();
    }

    /** The TCP port that the router listens on; 0 where there is no router, because nothing is to get requests. */
    public int tcpPort() {
        Router current = router;
        return current == null ? 0 : current.port();
    }

    /** Completes when every instance has been ready once; not before {@link #start} has returned. */
    public CompletableFuture<Void> ready() {
        return ready.copy();
    }

    /**
     * Ends it in order, and waits: the router accepts no more and lets requests finish, web instances are asked to stop,
     * then the others, then the backing services. What takes longer than its limit is killed.
     */
    public void stop() {
        stopAsked = true;
        ReleaseRun run = release;
        if (run != null) {
            run.end();
        }
        changing.lock();
        try {
            stopInOrder();
        } finally {
            changing.unlock();
        }
    }

    /** Ends every process at once, also while {@link #stop} waits for them in another thread. */
    public void kill() {
        killAsked.complete(null);
        instances.forEach(Instance::kill);
        stop();
    }

    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void close() {
        stop();
    }

    private void startInOrder() throws IOException, InterruptedException {
        goOn();
        Workspace opened = Workspace.open(application.folder());
        workspace = opened;
        control = ControlServer.start(opened.folder(), new ControlServer.Controlled() {
            @Override
            public List<InstanceStatus> instances() {
                return Formation.this.instances();
            }

            @Override
            public void stop() {
                Formation.this.stop();
            }
        });
        application.notes().forEach(note -> journal.tell(Kind.NOTE, Level.WARNING, note, Map.of()));
        Optional<Instance.Intake> intake = openRouter();
        BackingServices backing = new BackingServices(opened.folder(), journal);
        services = backing;
        backing.start(application.services());
        goOn();
        Map<String, String> environment = new HashMap<>(application.environment());
        environment.putAll(opened.secrets(application.secrets()));
        environment.putAll(backing.variables());
        Instance.Surroundings surroundings =
                new Instance.Surroundings(application.folder(), environment, journal, clock, settings.startLimit());
        if (application.release().isPresent()) {
            ReleaseRun run = new ReleaseRun(application.release().get(), surroundings);
            release = run;
            goOn();
            run.run();
        }
        goOn();
        for (ProcessType type : application.types()) {
            for (int number = 1; number <= application.quantity(type.name()); number++) {
                boolean web = type.name().equals(ProcessType.WEB);
                instances.add(new Instance(type, number, surroundings, web ? intake : Optional.empty()));
            }
        }
        instances.forEach(Instance::start);
        ready = CompletableFuture.allOf(
                        instances.stream().map(Instance::firstReady).toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> tellReady(backing.all()));
    }

    /** Opened first: a TCP port that is taken should be known before anything is started. Until then requests wait. */
    private Optional<Instance.Intake> openRouter() {
        if (application.quantity(ProcessType.WEB) == 0) {
            journal.tell(
                    Kind.NOTE,
                    Level.WARNING,
                    "no process of type web is to run, so nothing listens for requests",
                    Map.of());
            return Optional.empty();
        }
        RouterSettings routing = RouterSettings.defaults().withPort(settings.tcpPort());
        Router opened;
        try {
            opened = Router.start(routing, access -> receiver.accept(new Event.Request(access)));
        } catch (UncheckedIOException e) {
            throw new FormationException(String.valueOf(e.getMessage()), e);
        }
        router = opened;
        return Optional.of(new Instance.Intake(opened, new Readiness(application.readinessPath())));
    }

    private void goOn() {
        if (stopAsked) {
            throw new FormationException("stopped before everything was started");
        }
    }

    private void tellReady(List<AttachedService> attached) {
        String url = tcpPort() == 0 ? "" : "http://127.0.0.1:" + tcpPort();
        Map<String, Object> details = new HashMap<>();
        details.put("instances", instances().stream().map(InstanceStatus::name).toList());
        details.put(
                "services",
                attached.stream().map(service -> service.kind().label()).toList());
        if (!url.isEmpty()) {
            details.put("url", url);
        }
        journal.tell(Kind.READY, Level.INFO, Banner.of(application, url, instances(), attached), details);
    }

    private void stopInOrder() {
        Workspace held = workspace;
        if (stopped.getCount() == 0 || held == null) {
            stopped.countDown();
            return;
        }
        if (!instances.isEmpty()) {
            journal.tell(
                    Kind.STOPPING,
                    Level.INFO,
                    "stopping; each process has " + settings.stopLimit().toSeconds()
                            + " s to end, a second Ctrl-C ends all at once",
                    Map.of());
        }
        Router accepting = router;
        // It drains while the instances stop: one that is asked to stop ends the streams that the router waits for.
        Thread draining = Thread.ofPlatform().name("router-close").daemon().start(() -> {
            if (accepting != null) {
                accepting.close();
            }
        });
        stopAll(ProcessType.WEB::equals);
        joinUninterruptibly(() -> {
            while (!draining.join(PAUSE) && !killAsked.isDone()) {}
        });
        stopAll(type -> !type.equals(ProcessType.WEB));
        if (services != null) {
            services.close();
        }
        journal.tell(Kind.STOPPED, Level.INFO, "stopped", Map.of());
        if (control != null) {
            control.close();
        }
        held.close();
        stopped.countDown();
    }

    private void stopAll(Predicate<String> types) {
        Duration limit = killAsked.isDone() ? Duration.ZERO : settings.stopLimit();
        List<Instance> ending = instances.stream()
                .filter(instance -> types.test(instance.status().type()))
                .toList();
        ending.forEach(instance -> instance.stop(limit));
        ending.forEach(instance -> joinUninterruptibly(instance::awaitStopped));
    }

    private interface Join {
        void join() throws InterruptedException;
    }

    /** Every end that is waited for here comes within its own limit; an interrupt must not leave half of it running. */
    private static void joinUninterruptibly(Join join) {
        boolean interrupted = false;
        while (true) {
            try {
                join.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
