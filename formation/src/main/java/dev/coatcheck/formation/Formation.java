package dev.coatcheck.formation;

import dev.coatcheck.formation.Abort.AbortedException;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.control.ControlServer;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.EventLog;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.supervision.Instance;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

    /** Who stops it all does not want to wait for a stream that never ends; each process still has its own time to end. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

    private final Application application;
    private final FormationSettings settings;
    private final InstantSource clock = InstantSource.system();
    private final EventLog log = new EventLog();
    private final Journal journal = new Journal(clock, log);
    private final Instances instances = new Instances();
    private final Turn turn = new Turn();
    private final CompletableFuture<Void> stopAsked = new CompletableFuture<>();
    private final CompletableFuture<Void> killAsked = new CompletableFuture<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile @Nullable Resources resources;
    private @Nullable Workspace workspace;
    private @Nullable ControlServer control;

    private Formation(Application application, FormationSettings settings, Consumer<Event> receiver) {
        this.application = application;
        this.settings = settings;
        // For as long as the formation lives.
        log.follow(0, _ -> true, receiver);
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
     * Makes a release of what the folder holds, or goes on with the last one where nothing has changed; starts the backing
     * services, runs the release's command to its end, and starts the instances. Returns without waiting until they are
     * ready. When it throws, nothing is left running.
     *
     * @throws FormationException if another formation runs in this folder, the router's TCP port is taken, a service does
     *     not start, the build or the release fails, or the formation was stopped meanwhile
     */
    public void start() {
        turn.take("the start");
        boolean started = false;
        try {
            startInOrder();
            started = true;
        } catch (IOException e) {
            throw new FormationException("cannot run in " + application.folder() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormationException("interrupted while starting", e);
        } catch (AbortedException e) {
            throw new FormationException("stopped before everything was started", e);
        } catch (FormationException e) {
            throw stopAsked.isDone() ? new FormationException("stopped before everything was started", e) : e;
        } finally {
            if (!started) {
                stopInOrder();
            }
            turn.end();
        }
    }

    /** The instances as they are now. */
    public List<InstanceStatus> instances() {
        return instances.all().stream().map(Instance::status).toList();
    }

    /** The TCP port that the router listens on; 0 where there is no router, because nothing is to get requests. */
    public int tcpPort() {
        Resources held = resources;
        return held == null ? 0 : held.router().map(Router::port).orElse(0);
    }

    /**
     * Completes when every instance that is to run has been ready once, those that took the place of others included; with a
     * {@link FormationException} if it is stopped before that, or does not start. May be asked for at any time.
     */
    public CompletableFuture<Void> ready() {
        return ready.copy();
    }

    /**
     * Ends it in order, and waits: a change that is under way ends where it is, the router accepts no more and lets requests
     * finish, web instances are asked to stop, then the others, then the backing services. What takes longer than its limit is
     * killed.
     */
    public void stop() {
        stopAsked.complete(null);
        turn.take("the stop");
        try {
            stopInOrder();
        } finally {
            turn.end();
        }
    }

    /** Ends every process at once, also while {@link #stop} waits for them in another thread. */
    public void kill() {
        stopAsked.complete(null);
        killAsked.complete(null);
        instances.killAll();
        stop();
    }

    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void close() {
        stop();
    }

    private void startInOrder() throws IOException, InterruptedException, AbortedException {
        Abort abort = Abort.onStop(stopAsked, killAsked);
        abort.goOn();
        Workspace opened = Workspace.open(application.folder());
        workspace = opened;
        Resources here = new Resources(settings, application.options().environment(), opened, clock, log);
        resources = here;
        OneOffs oneOffs = new OneOffs(journal);
        Changes changes = new Changes(application, here, instances, turn, abort, oneOffs::builds);
        control = ControlServer.start(
                opened.folder(), new FormationControl(this, instances, here, changes, oneOffs, log));
        application.notes().forEach(note -> journal.tell(Kind.NOTE, Level.WARNING, note, Map.of()));
        // Opened first: a TCP port that is taken should be known before anything is started. Until then requests wait.
        if (application.quantity(ProcessType.WEB) > 0) {
            here.openRouter();
        } else {
            journal.tell(
                    Kind.NOTE,
                    Level.WARNING,
                    "no process of type web is to run, so nothing listens for requests",
                    Map.of());
        }
        here.openMetrics();
        changes.begin();
        var _ = instances.allReady().thenRun(() -> becameReady(here));
    }

    private void becameReady(Resources here) {
        if (!stopAsked.isDone()) {
            tellReady(here.services());
            ready.complete(null);
        }
    }

    private void tellReady(List<AttachedService> attached) {
        Resources here = resources;
        String url = here == null ? "" : here.url().orElse("");
        Map<String, Object> details = new HashMap<>();
        details.put("instances", instances().stream().map(InstanceStatus::name).toList());
        details.put(
                "services",
                attached.stream().map(service -> service.kind().label()).toList());
        if (!url.isEmpty()) {
            details.put("url", url);
        }
        journal.tell(Kind.READY, Level.INFO, Banner.headline(application, url), details);
        journal.banner(Banner.of(application, url, instances(), attached));
    }

    private void stopInOrder() {
        // Else who is stopped as the last one that was waited for would complete it well.
        stopAsked.complete(null);
        ready.completeExceptionally(new FormationException("it ended before every instance was ready"));
        Workspace held = workspace;
        if (stopped.getCount() == 0 || held == null) {
            stopped.countDown();
            return;
        }
        if (!instances.isEmpty()) {
            journal.tell(
                    Kind.STOPPING,
                    Level.INFO,
                    "stopping; each process has its time to end, by default "
                            + settings.stopLimit().toSeconds() + " s, and a second Ctrl-C ends all at once",
                    Map.of());
        }
        Resources here = resources;
        Optional<Router> accepting = here == null ? Optional.empty() : here.router();
        // It drains while the instances stop: one that is asked to stop ends the streams that the router waits for.
        Thread draining =
                Thread.ofPlatform().name("router-close").daemon().start(() -> accepting.ifPresent(Router::close));
        try {
            stopAll(instance -> instance.type().name().equals(ProcessType.WEB));
            uninterruptibly(() -> {
                while (!draining.join(PAUSE) && !killAsked.isDone()) {}
            });
            stopAll(_ -> true);
            if (here != null) {
                here.closeServices();
            }
            journal.tell(Kind.STOPPED, Level.INFO, "stopped", Map.of());
        } finally {
            // Whatever failed above: nobody waits for ever, and the guardian sees to what is left.
            if (here != null) {
                here.closeMetrics();
            }
            if (control != null) {
                control.close();
            }
            held.close();
            stopped.countDown();
        }
    }

    /** Every end that is waited for here comes within its own limit. */
    private void stopAll(Predicate<Instance> meant) {
        List<Instance> ending = instances.all().stream().filter(meant).toList();
        CompletableFuture<Void> ended = instances.retire(ending, DRAIN_LIMIT);
        if (killAsked.isDone()) {
            ending.forEach(Instance::kill);
        }
        ended.join();
    }

    private interface Waiting {
        void await() throws InterruptedException;
    }

    /** An interrupt must not leave half of it running. */
    private static void uninterruptibly(Waiting waiting) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.await();
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
