package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.release.Build;
import dev.coatcheck.formation.release.BuildStore;
import dev.coatcheck.formation.release.Configuration;
import dev.coatcheck.formation.release.Release;
import dev.coatcheck.formation.release.ReleaseStore;
import dev.coatcheck.formation.release.SessionVariables;
import dev.coatcheck.formation.router.InvalidTlsFilesException;
import dev.coatcheck.formation.router.Notice;
import dev.coatcheck.formation.router.Router;
import dev.coatcheck.formation.supervision.Instance;
import dev.coatcheck.formation.supervision.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a formation has on this machine beside its instances: the workspace, the router, the backing services. Opened and
 * attached by one thread at a time; closed part by part, in the order that {@link Formation#stop} needs.
 */
final class Resources {
    private final FormationSettings settings;
    private final Map<String, String> runnerEnvironment;
    private final Journal journal;
    private final InstantSource clock;
    private final Consumer<Event> events;
    private final Workspace workspace;
    private final BackingServices services;
    private final BuildStore builds;
    private final ReleaseStore releases;
    private volatile @Nullable Router router;
    private volatile @Nullable MetricsEndpoint metrics;

    /** The caller holds the workspace, and closes it in the end. */
    Resources(
            FormationSettings settings,
            Map<String, String> runnerEnvironment,
            Workspace workspace,
            InstantSource clock,
            Consumer<Event> events)
            throws IOException {
        this.settings = settings;
        this.runnerEnvironment = runnerEnvironment;
        this.workspace = workspace;
        this.clock = clock;
        this.events = events;
        this.journal = new Journal(clock, events);
        this.services = new BackingServices(workspace.folder(), journal);
        this.builds = BuildStore.in(workspace.folder().resolve("builds"));
        this.releases = ReleaseStore.in(workspace.folder().resolve("releases"));
    }

    FormationSettings settings() {
        return settings;
    }

    Journal journal() {
        return journal;
    }

    InstantSource clock() {
        return clock;
    }

    BuildStore builds() {
        return builds;
    }

    ReleaseStore releases() {
        return releases;
    }

    /** The backing services that were started, and run. */
    List<AttachedService> services() {
        return services.all();
    }

    Optional<Router> router() {
        return Optional.ofNullable(router);
    }

    /** Where requests come in; empty where nothing takes any. */
    Optional<String> url() {
        String scheme = settings.router().tls().isPresent() ? "https" : "http";
        return router().map(it -> scheme + "://" + it.reachableHost() + ":" + it.port());
    }

    /**
     * Listens for requests, from now on to the end; until an instance is ready they wait. Again, it changes nothing.
     *
     * @throws FormationException if the TCP port is taken, or the TLS files are of no use
     */
    void openRouter() {
        if (router != null) {
            return;
        }
        Router opened;
        try {
            opened = Router.start(settings.router(), access -> events.accept(new Event.Request(access)), this::tell);
        } catch (UncheckedIOException | InvalidTlsFilesException e) {
            throw new FormationException(String.valueOf(e.getMessage()), e);
        }
        router = opened;
        if (!opened.isLocal()) {
            journal.tell(
                    Kind.NOTE,
                    Level.WARNING,
                    "listening on " + settings.router().host()
                            + ", so other machines that reach this one reach the application"
                            + (settings.router().tls().isPresent() ? "" : ", and what they send is not encrypted"),
                    Map.of("host", settings.router().host(), "port", opened.port()));
        }
    }

    /**
     * Tells the router's metrics on a TCP port of their own, where that is asked for.
     *
     * @throws FormationException if the TCP port is taken
     */
    void openMetrics() {
        settings.metricsPort().ifPresent(port -> {
            MetricsEndpoint opened = MetricsEndpoint.start(
                    port, () -> router().map(it -> it.metrics().toPrometheus()).orElse(""));
            metrics = opened;
            journal.tell(Kind.NOTE, Level.INFO, "metrics are at " + opened.url(), Map.of("metrics_url", opened.url()));
        });
    }

    void closeMetrics() {
        MetricsEndpoint opened = metrics;
        if (opened != null) {
            opened.close();
        }
    }

    private void tell(Notice notice) {
        switch (notice) {
            case Notice.Ejected ejected ->
                journal.tell(
                        Kind.NOTE,
                        Level.WARNING,
                        notice.message(),
                        Map.of(
                                "instance", ejected.instance(),
                                "ejected_ms", ejected.time().toMillis()));
            case Notice.Returned returned ->
                journal.tell(Kind.NOTE, Level.INFO, notice.message(), Map.of("instance", returned.instance()));
            case Notice.CannotConnect cannot ->
                journal.tell(Kind.NOTE, Level.WARNING, notice.message(), Map.of("instance", cannot.instance()));
            case Notice.TooManyConnections many ->
                journal.tell(Kind.NOTE, Level.WARNING, notice.message(), Map.of("address", many.address()));
            case Notice.CertificateRenewed renewed -> journal.tell(Kind.NOTE, Level.INFO, notice.message(), Map.of());
            case Notice.CertificateRefused refused ->
                journal.tell(Kind.NOTE, Level.WARNING, notice.message(), Map.of());
        }
    }

    /**
     * Gives a release what it needs here: services that it is the first to need are started.
     *
     * @throws FormationException if a service does not start, or the release's build is gone
     */
    AttachedRelease attach(Release release) throws IOException {
        Build build = builds.find(release.build())
                .orElseThrow(() -> new FormationException("the build of release " + release.number()
                        + " is no longer kept; 'coatcheck roll' makes a new one of what the folder holds"));
        Configuration configuration = release.configuration();
        Set<ServiceKind> missing = new LinkedHashSet<>(configuration.services());
        services.all().forEach(service -> missing.remove(service.kind()));
        services.start(missing);
        Map<String, String> environment = new HashMap<>(SessionVariables.in(runnerEnvironment));
        environment.putAll(configuration.environment());
        environment.putAll(workspace.secrets(configuration.secrets()));
        environment.putAll(services.variables(configuration.services()));
        Instance.Surroundings surroundings = new Instance.Surroundings(
                release.number(),
                build.folder(),
                environment,
                journal,
                clock,
                settings.startLimit(),
                settings.stopLimit());
        return new AttachedRelease(
                release,
                surroundings,
                router().map(open -> new Instance.Intake(open, new Readiness(configuration.readinessPath()))));
    }

    /** Ends the services of other kinds than these. */
    void keepServices(Set<ServiceKind> kinds) {
        services.keepOnly(kinds);
    }

    void closeServices() {
        services.close();
    }
}
