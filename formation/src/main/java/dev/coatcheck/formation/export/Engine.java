package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.Application;
import java.util.Locale;

/**
 * What can run an application in place of the runner.
 *
 * <pre>{@code
 * Application application = Application.describe(folder, ApplicationOptions.of(Map.of()));
 * Manifests manifests = Engine.KUBERNETES.export(application, ExportSettings.defaults().withImage("gallery:7"));
 * }</pre>
 */
public enum Engine {
    /** Deployments, a Service, a Job for the release. */
    KUBERNETES,

    /** Units for one machine, with HAProxy in front. */
    SYSTEMD,

    /** Containers on one machine, the backing services among them, with HAProxy in front. */
    COMPOSE;

    /** What people write: {@code kubernetes}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The files, and what they cannot carry over. Nothing is read or written. The same application and settings give the
     * same text. No value of a variable that may be a secret is in it.
     */
    public Manifests export(Application application, ExportSettings settings) {
        Plan plan = Plan.of(this, application, settings);
        return switch (this) {
            case KUBERNETES -> new KubernetesExport(plan).manifests();
            case SYSTEMD -> new SystemdExport(plan).manifests();
            case COMPOSE -> new ComposeExport(plan).manifests();
        };
    }
}
