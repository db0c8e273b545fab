package dev.coatcheck.formation;

import dev.coatcheck.formation.router.RouterSettings;
import dev.coatcheck.formation.router.TlsFiles;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a formation runs.
 *
 * @param router how the router listens, waits and limits
 * @param metricsPort the TCP port of this machine's loopback that tells the router's metrics; 0 takes any free one, empty for
 *     none
 * @param startLimit how long an instance may take until it is ready
 * @param stopLimit how long a process may take to end when it was asked to, where {@code app.json} says nothing else. Longer
 *     than the 30 seconds that applications usually give their own requests, so that it is the application that decides
 */
public record FormationSettings(
        RouterSettings router, OptionalInt metricsPort, Duration startLimit, Duration stopLimit) {
    public FormationSettings {
        if (metricsPort.isPresent() && (metricsPort.getAsInt() < 0 || metricsPort.getAsInt() > 65_535)) {
            throw new IllegalArgumentException(
                    "the TCP port for metrics must be 0 (any free one) to 65535, but is " + metricsPort.getAsInt());
        }
        if (!startLimit.isPositive()) {
            throw new IllegalArgumentException("the time for an instance to become ready must be positive, but is "
                    + startLimit.toSeconds() + " s");
        }
    }

    /** At 127.0.0.1, TCP port 8080. */
    public static FormationSettings defaults() {
        return new FormationSettings(
                RouterSettings.defaults().withPort(8080),
                OptionalInt.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(40));
    }

    public FormationSettings withRouter(RouterSettings settings) {
        return new FormationSettings(settings, metricsPort, startLimit, stopLimit);
    }

    public FormationSettings withHost(String address) {
        return withRouter(router.withHost(address));
    }

    public FormationSettings withTcpPort(int port) {
        return withRouter(router.withPort(port));
    }

    public FormationSettings withTls(TlsFiles files) {
        return withRouter(router.withTls(files));
    }

    public FormationSettings withMetricsPort(int port) {
        return new FormationSettings(router, OptionalInt.of(port), startLimit, stopLimit);
    }

    public FormationSettings withStartLimit(Duration limit) {
        return new FormationSettings(router, metricsPort, limit, stopLimit);
    }

    public FormationSettings withStopLimit(Duration limit) {
        return new FormationSettings(router, metricsPort, startLimit, limit);
    }
}
